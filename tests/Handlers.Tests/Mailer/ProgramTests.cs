namespace SuperServer.Handlers.Tests.Mailer;

public sealed class ProgramTests : IDisposable
{
    private const string Unreachable = """
        {"to":["admin@example.org"],"settle_ms":50,"resolve":"off","summary":"never","transport":[{"kind":"sendmail","path":"/nonexistent/sendmail"}]}
        """;

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_touch_becomes_a_mail_and_nothing_left_to_do_is_0()
    {
        _workshop.Touch();
        var (code, log, _) = Run(MailerProcess.Quick(_workshop));

        Assert.Equal(0, code);
        Assert.Contains("Subject: [web1] telnet tripwire: 203.0.113.7\n", Assert.Single(_workshop.Mails()), StringComparison.Ordinal);
        Assert.Contains("sent to admin@example.org", log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_touch_is_a_digest_and_says_where_the_mail_before_ended()
    {
        _workshop.Touch();
        Run(MailerProcess.Quick(_workshop));
        _workshop.Touch(3);
        Run(MailerProcess.Quick(_workshop));

        Assert.Contains(
            "Events #2-#4 (3), complete; previous mail ended at #1.",
            Assert.Single(_workshop.Mails(), mail => mail.Contains("seq=2-4", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void SIGTERM_ends_it_with_75_while_a_mail_waits_and_the_mail_goes_out_later()
    {
        _workshop.Touch();
        using (var mailer = MailerProcess.Start(_workshop, Unreachable))
        {
            WaitFor(() => _workshop.IsComposed());
            mailer.Signal("TERM");
            var (code, log, _) = mailer.End();
            Assert.Equal(75, code);
            Assert.Contains("error: mail ss.1-1.", log, StringComparison.Ordinal);
        }

        // The mail keeps its content and its Message-ID; what was misconfigured is tried at once.
        var (done, _, _) = Run(MailerProcess.Quick(_workshop));
        Assert.Equal(0, done);
        Assert.Contains("seq=1-1", Assert.Single(_workshop.Mails()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mailer_whose_daemon_was_gone_before_it_looked_sends_at_once_and_ends()
    {
        _workshop.Touch();
        var patient = MailerProcess.Quick(_workshop).Replace("\"settle_ms\":50", "\"settle_ms\":3600000", StringComparison.Ordinal);
        using var mailer = MailerProcess.Start(_workshop, patient, daemon: int.MaxValue);

        Assert.Equal(0, mailer.End().Code);
        Assert.Single(_workshop.Mails());
    }

    [Fact]
    public void SIGTERM_with_nothing_to_do_is_0()
    {
        using var mailer = MailerProcess.Start(_workshop, Unreachable);
        WaitFor(() => File.Exists(Path.Combine(_workshop.StorePath, "alerts.db")));
        mailer.Signal("TERM");

        Assert.Equal(0, mailer.End().Code);
    }

    [Fact]
    public void What_is_recorded_while_it_runs_is_noticed_without_a_ring()
    {
        using var mailer = MailerProcess.Start(_workshop, MailerProcess.Quick(_workshop).Replace("300", "3000", StringComparison.Ordinal));
        WaitFor(() => File.Exists(Path.Combine(_workshop.StorePath, "alerts.db")));
        _workshop.Touch();

        WaitFor(() => _workshop.Mails().Length == 1);
    }

    [Fact]
    public void A_second_mailer_waits_for_the_first_and_ends_when_told()
    {
        using var first = MailerProcess.Start(_workshop, Unreachable);
        WaitFor(() => File.Exists(Path.Combine(_workshop.StorePath, "alerts.db")));
        using var second = MailerProcess.Start(_workshop, Unreachable);
        WaitFor(() => WaitsAtTheLock(second.Id));
        second.Signal("TERM");

        Assert.Equal(75, second.End().Code);
    }

    [Fact]
    public void Without_its_surroundings_it_says_what_is_missing()
    {
        using var mailer = MailerProcess.Start(null, null);
        var (code, log, _) = mailer.End();

        Assert.Equal(64, code);
        Assert.StartsWith(
            "superserver-mailer: not set: SUPERSERVER_SPOOL, SUPERSERVER_STORE, SUPERSERVER_OPTIONS.", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_78()
    {
        var (code, log, _) = Run("""{"to":"nobody"}""");

        Assert.Equal(78, code);
        Assert.Equal("superserver-mailer: error: 'to': \"nobody\" is not a mail address such as admin@example.org\n", log);
    }

    [Theory]
    [InlineData("--help", 0)]
    [InlineData("--version", 0)]
    [InlineData("--hlep", 64)]
    public void Arguments_are_understood_or_refused(string argument, int expected)
    {
        using var mailer = MailerProcess.Start(null, null, argument);
        var (code, log, output) = mailer.End();

        Assert.Equal(expected, code);
        Assert.Contains("superserver-mailer", expected == 0 ? output : log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_cannot_be_opened_is_tried_again_later()
    {
        Directory.Delete(_workshop.StorePath);
        var (code, log, _) = Run(MailerProcess.Quick(_workshop));

        Assert.Equal(75, code);
        Assert.Contains(_workshop.StorePath, log, StringComparison.Ordinal);
    }

    private (int Code, string Log, string Output) Run(string options)
    {
        using var mailer = MailerProcess.Start(_workshop, options);
        return mailer.End();
    }

    // It takes the lock after it has begun to listen for signals.
    private bool WaitsAtTheLock(int pid) => Directory.EnumerateFiles($"/proc/{pid}/fd")
        .Any(file => new FileInfo(file).LinkTarget == Path.Combine(_workshop.StorePath, "lock"));

    private static void WaitFor(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)));
}
