using System.Runtime.InteropServices;

namespace SuperServer.Interop;

internal static unsafe partial class Libc
{
    /// <summary>getgrouplist(3): -1 when there are more groups than room; the count then says how many there are.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int getgrouplist(string user, uint group, uint* groups, ref int count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setgroups(nuint count, uint* groups);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getresgid(out uint real, out uint effective, out uint saved);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getresuid(out uint real, out uint effective, out uint saved);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setuid(uint user);
}
