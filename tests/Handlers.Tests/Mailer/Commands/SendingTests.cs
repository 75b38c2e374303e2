using System.Text.Json;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary><c>superserver alert test</c> against a mail server that does one thing wrong: where it stops, and what to do.</summary>
public sealed class SendingTests : IDisposable
{
    private readonly Workshop _workshop = new();
    private readonly FakeSmtpServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _workshop.Dispose();
    }

    [Fact]
    public void Each_step_is_told()
    {
        _server.Answers["."] = "250 2.0.0 Ok: queued as 4XyZ12";

        var (code, said) = Test("\"tls\":\"none\"");

        Assert.Equal(0, code);
        string[] steps =
        [
            $"smtp 127.0.0.1:{_server.Port}: sending a test message to admin@example.org", $"  connect      127.0.0.1 port {_server.Port}",
            "  greeting     220 fake ready", "  tls          none: in clear text, as tls = \"none\" says",
            "  sender       superserver@web1.example.org: 250 ok", "  recipient    admin@example.org: 250 ok",
            "  message      250 2.0.0 Ok: queued as 4XyZ12", "  accepted for admin@example.org, queue id 4XyZ12",
        ];
        Assert.Equal(steps, said.TrimEnd().Split('\n').Select(line => line.Split("  (")[0]));
    }

    [Theory]
    [InlineData("", "554 5.7.1 not you", "\"tls\":\"none\"", 78, "misconfigured", "greeting", "ask whoever runs it")]
    [InlineData("", "421 busy", "\"tls\":\"none\"", 75, "later", "greeting", "tls = \"tls\"")]
    [InlineData("EHLO", "250 fake", "\"tls\":\"starttls\"", 78, "misconfigured", "starttls", "which port of the server speaks TLS")]
    [InlineData("MAIL", "550 5.7.1 not your address", "\"tls\":\"none\"", 69, "refused", "sender", "'from'")]
    [InlineData("MAIL", "451 4.3.0 later", "\"tls\":\"none\"", 75, "later", "sender", "'from'")]
    [InlineData("RCPT", "550 5.1.1 no such user", "\"tls\":\"none\"", 69, "refused", "recipient", "'to' is spelled right")]
    [InlineData("RCPT", "450 4.2.0 greylisted", "\"tls\":\"none\"", 75, "later", "recipient", "greylisting")]
    [InlineData("DATA", "554 5.7.1 spam", "\"tls\":\"none\"", 69, "refused", "message", "why it does not want it")]
    [InlineData(".", "554 5.7.1 spam", "\"tls\":\"none\"", 69, "refused", "message", "why it does not want it")]
    public void Where_it_stops_is_told_with_what_to_do(string at, string answer, string tls, int code, string outcome, string stage, string advice)
    {
        _server.Answers[at] = answer;

        var (exit, said) = Test(tls, "--json");

        Assert.Equal(code, exit);
        var run = JsonDocument.Parse(said).RootElement.GetProperty("transports")[0];
        Assert.Equal((outcome, stage), (run.GetProperty("outcome").GetString(), run.GetProperty("failed_at").GetString()));
        Assert.Contains(advice, run.GetProperty("advice").GetString(), StringComparison.Ordinal);
        Assert.Contains(at == "EHLO" ? "STARTTLS" : answer[4..], said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_is_not_believed_is_shown_with_the_reason_and_its_fingerprint()
    {
        _server.OffersStartTls = true;

        var (code, said) = Test("\"tls\":\"starttls\"");

        Assert.Equal(78, code);
        Assert.Matches(@"\n  certificate  CN=.+, from CN=.+, until 20\d\d-\d\d-\d\d; NOT GOOD: .+; its SHA-256 is [0-9A-F]{64}", said);
        Assert.Contains("\n  not sent, a setting is wrong, at the step 'certificate': ", said, StringComparison.Ordinal);
        Assert.Contains("'ca_file' or 'pin_sha256'", said, StringComparison.Ordinal);
        Assert.Empty(_server.Messages);
    }

    [Fact]
    public void A_port_that_begins_in_clear_text_is_not_a_matter_of_the_certificate()
    {
        var (code, said) = Test("\"tls\":\"tls\"");

        Assert.Equal(78, code);
        Assert.Contains("\n  not sent, a setting is wrong, at the step 'tls': ", said, StringComparison.Ordinal);
        Assert.Contains("\n  what to do: the server does not speak TLS as it is asked to", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_closes_after_the_message_may_have_it()
    {
        _server.ClosesAt = ".";

        var (code, said) = Test("\"tls\":\"none\"");

        Assert.Equal(75, code);
        Assert.Contains("\n  perhaps sent, the answer is missing, at the step 'message': ", said, StringComparison.Ordinal);
        Assert.Contains("look whether the test message has arrived", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public void What_both_say_is_printed_without_the_secret(string mechanism)
    {
        const string Password = "c0rrect-horse";
        var file = Path.Combine(_workshop.Root, "password");
        File.WriteAllText(file, Password);
        _server.Offers = $"AUTH {mechanism}";
        _server.Answers["AUTH"] = mechanism == "LOGIN" ? "334 VXNlcm5hbWU6" : "235 2.7.0 welcome";
        _server.Answers["bWFpbGVy"] = "334 UGFzc3dvcmQ6";
        _server.Answers[Base64(Password)] = "235 2.7.0 welcome";

        var (code, said) = Test($"\"tls\":\"none\",\"user\":\"mailer\",\"password_file\":\"{file}\"", "--verbose");

        Assert.Equal(0, code);
        Assert.Contains($"\n  log-in       as mailer by {mechanism}: 235 2.7.0 welcome", said, StringComparison.Ordinal);
        Assert.Contains($"\n    C: AUTH {mechanism}", said, StringComparison.Ordinal);
        Assert.Contains("\n    C: (the message, ", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, said, StringComparison.Ordinal);
        Assert.DoesNotContain(Base64(Password), said, StringComparison.Ordinal);
        Assert.DoesNotContain(Base64($"\0mailer\0{Password}"), said, StringComparison.Ordinal);
        Assert.Contains(_server.Heard, line => line.Contains(mechanism == "LOGIN" ? Base64(Password) : Base64($"\0mailer\0{Password}"), StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_password_says_so_and_not_which()
    {
        var file = Path.Combine(_workshop.Root, "password");
        File.WriteAllText(file, "wr0ng");
        _server.Offers = "AUTH PLAIN";
        _server.Answers["AUTH"] = "535 5.7.8 \u001b[31mno";

        var (code, said) = Test($"\"tls\":\"none\",\"user\":\"mailer\",\"password_file\":\"{file}\"", "--verbose");

        Assert.Equal(78, code);
        Assert.Contains("at the step 'log-in': ", said, StringComparison.Ordinal);
        Assert.Contains("'user' and the file of the password are right", said, StringComparison.Ordinal);
        Assert.DoesNotContain(said, letter => letter is not '\n' and (< ' ' or > '~'));
        Assert.DoesNotContain("wr0ng", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_talks_without_end_is_cut()
    {
        _server.Answers[""] = $"220 {new string('x', 100_000)}";

        var (_, said) = Test("\"tls\":\"none\"", "--verbose");

        Assert.All(said.Split('\n'), line => Assert.True(line.Length < 600, $"{line.Length} characters"));
    }

    [Fact]
    public void One_of_several_ways_can_be_chosen_and_another_recipient()
    {
        var (code, said) = Run($$"""{"kind":"maildir","path":"{{_workshop.MaildirPath}}"},{"kind":"smtp","host":"127.0.0.1","port":{{_server.Port}},"tls":"none"}""",
            "--transport", "2", "--to", "other@example.org", "--to=more@example.org");

        Assert.Equal(0, code);
        Assert.DoesNotContain("maildir", said, StringComparison.Ordinal);
        Assert.Contains(_server.Heard, line => line.StartsWith("RCPT TO:<other@", StringComparison.Ordinal));
        Assert.Contains(_server.Heard, line => line.StartsWith("RCPT TO:<more@", StringComparison.Ordinal));
        Assert.DoesNotContain(_server.Heard, line => line.Contains("admin@", StringComparison.Ordinal));
        Assert.Contains("\nTo: other@example.org, more@example.org\n", Assert.Single(_server.Messages), StringComparison.Ordinal);
        Assert.Empty(_workshop.Mails());
    }

    [Theory]
    [InlineData("there is no transport 'pigeon'; there are 1 (smtp)", "--transport", "pigeon")]
    [InlineData("there is no transport '2'; there are 1 (smtp)", "--transport", "2")]
    [InlineData("is not a mail address", "--to", "-oQ/tmp")]
    [InlineData("is not a mail address", "--to", "a@example.org\r\nBcc: b@example.org")]
    public void What_is_not_there_or_no_address_is_refused_before_anything_is_sent(string words, params string[] options)
    {
        var (code, said) = Test("\"tls\":\"none\"", options);

        Assert.Equal(64, code);
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.Empty(_server.Heard);
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(text));

    private (int Code, string Said) Test(string settings, params string[] options) =>
        Run($$"""{"kind":"smtp","host":"127.0.0.1","port":{{_server.Port}},{{settings}}}""", options);

    private (int Code, string Said) Run(string transports, params string[] options) =>
        new Desk(_workshop, $$"""{"to":["admin@example.org"],"from":"superserver@web1.example.org","resolve":"off","transport":[{{transports}}]}""").Run(["test", .. options]);
}
