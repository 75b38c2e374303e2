using System.Runtime.InteropServices;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Becomes another program after making itself the leader of a session and process group, which .NET cannot ask of a child: this program
/// is started once more, with <see cref="Word"/> before the command.
/// </summary>
internal static unsafe class GroupLeader
{
    public const string Word = "--lead";

    private const int CannotRun = 126;
    private const int NotFound = 127;

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "superserver-mailer");

    public static IEnumerable<string> ArgumentsFor(IEnumerable<string> command) => command.Prepend(Word);

    /// <summary>Returns only when it did not work: the exit code.</summary>
    public static int Become(ReadOnlySpan<string> command)
    {
        _ = Libc.setsid();
        _ = Libc.signal(Libc.SIGPIPE, 0);     // .NET ignores it, and who is ignored stays ignored
        var arguments = stackalloc byte*[command.Length + 1];
        for (var i = 0; i < command.Length; i++)
        {
            arguments[i] = Native(command[i]);
        }

        arguments[command.Length] = null;
        _ = Libc.execv(arguments[0], arguments);
        var errno = Marshal.GetLastPInvokeError();
        Log.Say($"{command[0]}: {Marshal.GetPInvokeErrorMessage(errno)}");
        return errno == Libc.ENOENT ? NotFound : CannotRun;
    }

    // For good: either this process becomes another, or it ends.
    private static byte* Native(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var native = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(native, bytes.Length));
        return native;
    }
}
