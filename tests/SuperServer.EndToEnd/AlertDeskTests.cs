using System.Globalization;
using System.Text.Json;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary><c>superserver alert</c> beside a daemon that serves: what it answers to people and to programs, and when something is wrong.</summary>
public sealed class AlertDeskTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_wire_is_tripped_and_followed_to_the_mail_and_every_question_is_answered_as_JSON(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        var port = Text(daemon.Address("telnet").Port);

        var tripped = (await daemon.Command("alert", "trip", "telnet", "--port", port)).Succeeded();

        Assert.Matches(@"\n  recorded +after .+\n  taken in +after .+ms  as event #1, inside\n  written +after .+ in mail 1: .+\n  sent +after .+ to admin@example\.org\nmailed: ", tripped);
        var mail = await new Maildir(folder.At("maildir")).First();
        Assert.Contains(@"sent 24 bytes: superserver alert trip\r\n", mail.Body, StringComparison.Ordinal);
        Assert.Equal("ok", (await Answer(daemon, "status")).GetProperty("verdict").GetString());
        Assert.True((await Answer(daemon, "queue")).GetProperty("record").GetProperty("complete").GetBoolean());
        Assert.Equal("sent", (await Answer(daemon, "show", "1")).GetProperty("mail").GetProperty("state").GetString());
        Assert.Equal(1, (await Answer(daemon, "report")).GetProperty("connections").GetInt32());
        Assert.Contains("superserver alert trip", (await Answer(daemon, "report", "--range", "1-1")).GetProperty("sources")[0].GetRawText(), StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", (await Answer(daemon, "preview", "--since", "1h")).GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("message", (await Answer(daemon, "why", "203.0.113.7", port)).GetProperty("tripwires")[0].GetProperty("on_connect").GetString());
        Assert.Equal("sent", (await Answer(daemon, "test")).GetProperty("transports")[0].GetProperty("outcome").GetString());
        Assert.Equal("flush", (await Answer(daemon, "flush")).GetProperty("order").GetString());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Without_the_daemon_the_mail_is_looked_after_and_a_trip_says_what_is_missing(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        var port = Text(daemon.Address("telnet").Port);
        await Client.Hear(daemon.Address("telnet"));
        await new Maildir(folder.At("maildir")).First();
        await daemon.End(Signals.TERM);

        var tripped = await daemon.Command("alert", "trip", "telnet", "--port", port);

        Assert.Equal(69, tripped.ExitCode);
        Assert.Contains("\nunreachable: nobody listens there: the daemon does not run", tripped.Output, StringComparison.Ordinal);
        Assert.Contains("1 connection from 1 address", (await daemon.Command("alert", "report")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains(" sent)\n", (await daemon.Command("alert", "why", "127.0.0.1", port)).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_the_configuration_is_named_for_who_is_ignored()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Alerting.PrepareMaildir(folder);
        var toMaildir = $"kind = \"maildir\"\npath = \"{folder.At("maildir")}\"";
        var rhythm = $"{Alerting.Rhythm("200ms")}\nignore = [\"192.0.2.0/24\",\n  \"127.0.0.1\"]";
        await using var daemon = await RunningDaemon.Start(
            folder, Alerting.To(toMaildir, rhythm) + Alerting.Tripwire(Who.OrdinaryUser, "telnet", "message"));
        var port = Text(daemon.Address("telnet").Port);

        var tripped = (await daemon.Command("alert", "trip", "telnet", "--port", port)).Succeeded();
        var ignored = (await Answer(daemon, "why", "127.0.0.1", port)).GetProperty("ignored");

        Assert.Contains("\nignored: recorded and counted; ", tripped, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", ignored.GetProperty("entry").GetString());
        var line = Array.FindIndex(folder.Read("superserver.toml").Split('\n'), text => text.StartsWith("  \"127.0.0.1\"]", StringComparison.Ordinal)) + 1;
        Assert.Equal($"{folder.At("superserver.toml")}:{Text(line)}", ignored.GetProperty("at").GetString());
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_no_test_message_and_what_to_do_is_said()
    {
        using var folder = PrivateFolder.For(Who.Root);
        using var server = await MailServer.Start(folder);
        await using var daemon = await Start(folder, $"port = {Text(MailServer.Port)}");

        var tested = await daemon.Command("alert", "test");

        Assert.Equal(78, tested.ExitCode);
        Assert.Contains("\n  greeting     220 ", tested.Output, StringComparison.Ordinal);
        Assert.Contains("at the step 'starttls': ", tested.Output, StringComparison.Ordinal);
        Assert.Contains("\n  what to do: ", tested.Output, StringComparison.Ordinal);
        Assert.Empty(server.Maildir.Mails);
    }

    [Fact]
    public async Task A_refused_recipient_and_a_certificate_that_nobody_believes_each_have_their_exit_code()
    {
        using var folder = PrivateFolder.For(Who.Root);
        using var postfix = await Postfix.Start(folder);
        await using var daemon = await Start(folder, $"""
            port = {Text(Postfix.Port)}
            ca_file = "{postfix.CertificateFile}"

            [[alerts.transport]]
            kind = "smtp"
            host = "127.0.0.1"
            port = {Text(Postfix.Port)}
            """);

        var refused = await daemon.Command("alert", "test", "--transport", "1");
        var unbelieved = await daemon.Command("alert", "test", "--transport", "2", "--json");

        Assert.Equal(69, refused.ExitCode);
        Assert.Contains("\n  refused for admin@example.org: ", refused.Output, StringComparison.Ordinal);
        Assert.Contains("unless one logs in ('user')", refused.Output, StringComparison.Ordinal);
        Assert.Equal(78, unbelieved.ExitCode);
        var run = JsonDocument.Parse(unbelieved.Output).RootElement.GetProperty("transports")[0];
        Assert.Equal(("misconfigured", "certificate"), (run.GetProperty("outcome").GetString(), run.GetProperty("failed_at").GetString()));
        Assert.NotEmpty(run.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("name").GetString() == "certificate")
            .GetProperty("facts").GetProperty("not_good").GetString()!);
    }

    private static Task<RunningDaemon> Start(PrivateFolder folder, string settings) => RunningDaemon.Start(
        folder, Alerting.To($"kind = \"smtp\"\nhost = \"127.0.0.1\"\n{settings}") + Alerting.Tripwire(Who.Root, "telnet", "message"));

    private static async Task<JsonElement> Answer(RunningDaemon daemon, params string[] words)
    {
        var line = (await daemon.Command(["alert", .. words, "--json"])).Succeeded();
        var answer = JsonDocument.Parse(line).RootElement;
        Assert.Equal(1, answer.GetProperty("version").GetInt32());
        return answer;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
