using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace SuperServer.Handlers.Interop;

/// <summary>The C library under its own names: each function as its manual page has it, errno by <see cref="Errno.Last"/>.</summary>
internal static partial class Libc
{
    private const string Library = "libc";
}
