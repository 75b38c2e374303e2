using System.Runtime.InteropServices;

namespace SuperServer.Interop;

internal static unsafe partial class Libc
{
    public const int SIG_BLOCK = 0;
    public const int SIG_UNBLOCK = 1;

    /// <summary>The load averages of the last 1, 5 and 15 minutes; returns how many there are.</summary>
    [LibraryImport(Library)]
    public static partial int getloadavg(ref double averages, int count);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int memfd_create(string name, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int execve(byte* path, byte** arguments, byte** environment);
}
