using System.Diagnostics;
using System.Globalization;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>The built program itself, with a workshop as its surroundings.</summary>
internal sealed class MailerProcess : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task<string> _log;
    private readonly Task<string> _output;

    private MailerProcess(Process process)
    {
        _process = process;
        _log = process.StandardError.ReadToEndAsync();
        _output = process.StandardOutput.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Options that let hours pass in seconds.</summary>
    public static string Quick(Workshop workshop) =>
        $$"""
        {"to":["admin@example.org"],"settle_ms":50,"gaps_s":[1],"calm_s":1,"linger_ms":300,"resolve":"off","summary":"never",
         "mails_per_hour":10000,"mails_per_day":10000,"host_mails_per_hour":10000,
         "transport":[{"kind":"maildir","path":"{{workshop.MaildirPath}}"}]}
        """;

    public static MailerProcess Start(Workshop? workshop, string? options, params string[] arguments) =>
        Start(workshop, options, daemon: null, arguments);

    public static MailerProcess Start(Workshop? workshop, string? options, int? daemon, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "superserver-mailer"), arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";     // or the killed leave their debugger's pipes behind
        start.Environment["SUPERSERVER_HOST"] = "web1";
        start.Environment["SUPERSERVER_SPOOL"] = workshop?.Spool;
        start.Environment["SUPERSERVER_STORE"] = workshop?.StorePath;
        start.Environment["SUPERSERVER_OPTIONS"] = options;
        start.Environment["SUPERSERVER_TRIPWIRES"] = workshop?.Tripwires;
        start.Environment["SUPERSERVER_PID"] = daemon?.ToString(CultureInfo.InvariantCulture);
        return new MailerProcess(Process.Start(start)!);
    }

    public void Kill() => _process.Kill();

    public void Signal(string name)
    {
        using var kill = Process.Start("/bin/kill", [$"-{name}", $"{_process.Id}"]);
        Assert.True(kill.WaitForExit(_deadline));
    }

    /// <summary>Its exit code, and all that it wrote on stderr and stdout.</summary>
    public (int Code, string Log, string Output) End()
    {
        Assert.True(_process.WaitForExit(_deadline), "the mailer does not end");
        return (_process.ExitCode, _log.GetAwaiter().GetResult(), _output.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
