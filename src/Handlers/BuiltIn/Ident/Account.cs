using System.Runtime.InteropServices;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Ident;

/// <summary>A user of this host, as passwd(5) and whatever else nsswitch.conf names has it.</summary>
internal sealed record Account(string Name, string Home)
{
    /// <summary>A file of this name in a user's home keeps him from being told of, as pidentd and oidentd have it.</summary>
    public const string HidingFile = ".noident";

    public static unsafe Account? Of(uint uid)
    {
        var entry = Libc.getpwuid(uid);
        return entry is null
            ? null
            : new Account(Marshal.PtrToStringUTF8((nint)entry->pw_name) ?? "", Marshal.PtrToStringUTF8((nint)entry->pw_dir) ?? "");
    }

    /// <summary>
    /// Whether he does not want to be told of. A home that is closed to us may hold the file: whoever closes it is not told of either.
    /// </summary>
    public bool IsHidden =>
        Home.StartsWith('/') && (Libc.access($"{Home}/{HidingFile}", Libc.F_OK) == 0 || Errno.Last is not (Errno.ENOENT or Errno.ENOTDIR));
}
