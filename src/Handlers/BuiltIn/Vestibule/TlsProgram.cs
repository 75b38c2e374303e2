using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>
/// <c>superserver-handlers tls</c> becomes <c>superserver-tls</c>, which lies beside it: what speaks TLS would make every other handler start
/// later (docs/decisions/0015).
/// </summary>
internal static class TlsProgram
{
    public const string Name = "tls";

    private const string Program = "superserver-tls";

    public static int Run()
    {
        var path = Path.Combine(Path.GetDirectoryName(Environment.ProcessPath) ?? "/", Program);
        _ = Libc.execv(path, [Program, null]);
        Output.Complain($"superserver-handlers: {Name}: '{path}' cannot be started: {Errno.Text(Errno.Last)}");
        return ExitCode.OsError;
    }
}
