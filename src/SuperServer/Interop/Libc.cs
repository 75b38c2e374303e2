using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace SuperServer.Interop;

/// <summary>
/// The C library under its own names, one file for each family of calls. Signatures and constants only; what they mean is in
/// the manual page of the same name, and AbiTests puts every number to the C compiler.
/// </summary>
internal static partial class Libc
{
    private const string Library = "libc";
}
