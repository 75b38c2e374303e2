using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>The commands of <c>superserver alert</c>, as processes beside a store.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData("status")]
    [InlineData("queue")]
    [InlineData("flush")]
    [InlineData("retry-failed")]
    public void Before_anything_was_recorded_every_command_says_so(string command)
    {
        var (code, output, _) = Run(Unreachable, command);

        Assert.Equal((0, "nothing was recorded yet\n"), (code, output));
        Assert.False(File.Exists(Path.Combine(_workshop.StorePath, "alerts.db")));
    }

    [Fact]
    public void A_test_message_goes_by_every_transport_and_leaves_no_trace_in_the_store()
    {
        var (code, output, _) = Run(MailerProcess.Quick(_workshop), "test");

        Assert.Equal(0, code);
        Assert.Contains("accepted for admin@example.org", output, StringComparison.Ordinal);
        Assert.Contains("test message - nothing happened", Assert.Single(_workshop.Mails()), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_workshop.StorePath, "alerts.db")));
    }

    [Fact]
    public void A_test_that_fails_says_why_and_exits_by_the_kind_of_failure()
    {
        var (code, output, _) = Run(Unreachable, "test");

        Assert.Equal(75, code);
        Assert.Contains("not sent, it may work later, at the step 'connect': smtp 127.0.0.1:1: nobody listens at 127.0.0.1:1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mail_that_waits_is_shown_dropped_and_accounted_for()
    {
        _workshop.Touch();
        using (var mailer = MailerProcess.Start(_workshop, Unreachable))
        {
            WaitFor(() => Run(Unreachable, "queue").Output.Contains("1 attempt", StringComparison.Ordinal));
        }

        Assert.Contains("1  #1  1 connection  1 attempt", Run(Unreachable, "queue").Output, StringComparison.Ordinal);
        Assert.Contains("the record is complete", Run(Unreachable, "queue").Output, StringComparison.Ordinal);
        Assert.Contains("1 waiting, 0 given up, 0 sent", Run(Unreachable, "status").Output, StringComparison.Ordinal);
        var shown = Run(Unreachable, "show", "1").Output;
        Assert.Contains("mail 1, waiting: [web1] ", shown, StringComparison.Ordinal);
        Assert.Contains("X-SuperServer: kind=first", shown, StringComparison.Ordinal);

        Assert.Contains("dropped mail 1", Run(Unreachable, "drop", "1").Output, StringComparison.Ordinal);
        Assert.Equal(65, Run(Unreachable, "drop", "1").Code);
        Assert.Contains("1 in mails nobody got", Run(Unreachable, "queue").Output, StringComparison.Ordinal);
        Assert.Contains("the record is complete", Run(Unreachable, "queue").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flush_mails_at_once_what_a_long_settling_time_holds_back()
    {
        _workshop.Touch();
        using var mailer = MailerProcess.Start(_workshop, MailerProcess.Quick(_workshop).Replace("\"settle_ms\":50", "\"settle_ms\":3600000", StringComparison.Ordinal));
        WaitFor(() => Run(Unreachable, "status").Output.Contains("next mail        in ", StringComparison.Ordinal));
        Assert.Empty(_workshop.Mails());

        Assert.Equal(0, Run(Unreachable, "flush").Code);

        WaitFor(() => _workshop.Mails().Length == 1);
    }

    [Theory]
    [InlineData(65, "show", "7")]
    [InlineData(64, "show", "x")]
    [InlineData(64, "show")]
    [InlineData(64, "dance")]
    public void What_cannot_be_obeyed_is_said_with_an_exit_code_of_its_own(int code, params string[] command)
    {
        _workshop.Store.Note("so that there is a store");
        _workshop.Restart();

        Assert.Equal(code, Run(Unreachable, command).Code);
    }

    private static string Unreachable =>
        """
        {"to":["admin@example.org"],"settle_ms":10,"summary":"never","resolve":"off",
         "transport":[{"kind":"smtp","host":"127.0.0.1","port":1,"tls":"none"}]}
        """;

    private (int Code, string Output, string Log) Run(string options, params string[] command)
    {
        using var process = MailerProcess.Start(_workshop, options, command);
        var (code, log, output) = process.End();
        return (code, output, log);
    }

    private static void WaitFor(Func<bool> condition) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(20);
                return condition();
            },
            TimeSpan.FromSeconds(30)));
}
