using System.Runtime.InteropServices;

namespace SuperServer.Handlers.Interop;

internal static partial class Libc
{
    public const int NI_MAXHOST = 1025;
    public const int NI_NAMEREQD = 8;
    public const int EAI_NONAME = -2;

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int setenv(string name, string value, int overwrite);

    [LibraryImport(Library)]
    public static partial int getnameinfo(
        ReadOnlySpan<byte> address, uint length, Span<byte> host, uint hostLength, Span<byte> service, uint serviceLength, int flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int getaddrinfo(string name, string? service, in AddrInfo hints, out AddrInfo* found);

    [LibraryImport(Library)]
    public static unsafe partial void freeaddrinfo(AddrInfo* found);

    /// <summary>Gives a buffer of libc's own: for one thread.</summary>
    [LibraryImport(Library)]
    public static unsafe partial Passwd* getpwuid(uint uid);

    /// <summary>struct passwd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct Passwd
    {
        public byte* pw_name;
        public byte* pw_passwd;
        public uint pw_uid;
        public uint pw_gid;
        public byte* pw_gecos;
        public byte* pw_dir;
        public byte* pw_shell;
    }

    /// <summary>struct addrinfo.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct AddrInfo
    {
        public int ai_flags;
        public int ai_family;
        public int ai_socktype;
        public int ai_protocol;
        public uint ai_addrlen;
        public byte* ai_addr;
        public byte* ai_canonname;
        public AddrInfo* ai_next;
    }
}
