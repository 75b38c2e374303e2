using System.Diagnostics;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class SmtpTests : IDisposable
{
    private static readonly Parcel _parcel = new(
        1, "ss.1-1.6f1c9a@web1", [.. "Message-Id: <ss.1-1.6f1c9a@web1>\nSubject: x\n\nfirst\n.second\n"u8])
    {
        Sender = "from@example.org",
        Recipients = ["a@example.org", "b@example.org"],
        MadeAt = ManualClock.Start,
    };

    private static readonly SmtpPatience _brief = new()
    {
        Command = TimeSpan.FromMilliseconds(500),
        FinalDot = TimeSpan.FromMilliseconds(500),
    };

    private readonly FakeSmtpServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_mail_arrives_as_it_is_at_all_recipients()
    {
        var attempt = await Deliver();

        Assert.Null(attempt.Failure);
        Assert.Equal(_parcel.Recipients, attempt.Accepted);
        Assert.Contains("EHLO web1", _server.Heard);
        Assert.Contains(_server.Heard, line => line.StartsWith("MAIL FROM:<from@example.org>", StringComparison.Ordinal));
        Assert.Equal("Message-Id: <ss.1-1.6f1c9a@web1>\nSubject: x\n\nfirst\n..second\n", Assert.Single(_server.Messages));
    }

    [Theory]
    [InlineData("550 5.1.1 no such user", true)]
    [InlineData("452 4.2.2 mailbox full", false)]
    public async Task One_refused_recipient_does_not_stop_the_other(string answer, bool forGood)
    {
        _server.Answers["RCPT TO:<b@"] = answer;
        var attempt = await Deliver();

        Assert.Equal(["a@example.org"], attempt.Accepted);
        Assert.Single(_server.Messages);
        Assert.Equal(forGood ? ["b@example.org"] : [], attempt.Refused.Keys);
        Assert.Equal(forGood ? null : FailureClass.TransientLong, attempt.Failure?.Class);
        Assert.Contains(
            answer.Split(' ', 2)[1], forGood ? attempt.Refused["b@example.org"] : attempt.Failure!.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_all_recipients_are_refused_nothing_is_accepted()
    {
        _server.Answers["RCPT"] = "550 no";
        var attempt = await Deliver();

        Assert.Empty(attempt.Accepted);
        Assert.Equal(2, attempt.Refused.Count);
        Assert.Empty(_server.Messages);
    }

    [Theory]
    [InlineData("", "421 busy", "Transient")]
    [InlineData("", "554 not you", "Configuration")]
    [InlineData("MAIL", "451 later", "Transient")]
    [InlineData("MAIL", "452 4.3.1 disk full", "TransientLong")]
    [InlineData("DATA", "552 5.2.2 mailbox full", "TransientLong")]
    [InlineData("MAIL", "530 log in first", "Configuration")]
    [InlineData("MAIL", "550 5.7.30 basic authentication is off", "Configuration")]
    [InlineData("MAIL", "550 we do not like you", "Permanent")]
    [InlineData("DATA", "554 no", "Permanent")]
    [InlineData(".", "451 later", "Transient")]
    [InlineData(".", "554 spam", "Permanent")]
    public async Task The_servers_answer_says_how_to_go_on(string at, string answer, string kind)
    {
        _server.Answers[at] = answer;
        var attempt = await Deliver();

        Assert.Empty(attempt.Accepted);
        Assert.Equal(kind, attempt.Failure!.Class.ToString());
        Assert.Contains(answer[4..], attempt.Failure.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_STARTTLS_nothing_is_sent_in_clear_text()
    {
        var attempt = await Deliver(Protection.StartTls);

        Assert.Equal(FailureClass.Configuration, attempt.Failure!.Class);
        Assert.Contains("STARTTLS", attempt.Failure.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Heard, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_gets_no_mail()
    {
        _server.OffersStartTls = true;
        var attempt = await Deliver(Protection.StartTls, patience: new SmtpPatience());

        Assert.Equal(FailureClass.Configuration, attempt.Failure!.Class);
        Assert.Contains("no secure connection, so nothing was sent", attempt.Failure.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Heard, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("EHLO")]
    [InlineData("MAIL")]
    [InlineData("DATA")]
    public async Task A_server_that_falls_silent_is_left(string point)
    {
        _server.HangsAt = point;
        var attempt = await Deliver();

        Assert.Equal(FailureClass.Transient, attempt.Failure!.Class);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_breaks_off_after_the_message_may_have_it(bool closes)
    {
        _server.ClosesAt = closes ? "." : null;
        _server.HangsAt = closes ? null : ".";
        var first = await Deliver();
        Assert.Equal(FailureClass.Ambiguous, first.Failure!.Class);
        Assert.Empty(first.Accepted);
        if (!closes)
        {
            return;
        }

        _server.ClosesAt = null;
        Assert.Equal(2, (await Deliver()).Accepted.Count);
        Assert.Equal(_server.Messages[0], _server.Messages[1]);
    }

    [Fact]
    public async Task The_whole_attempt_has_a_limit_of_its_own()
    {
        _server.HangsAt = "MAIL";
        var clock = Stopwatch.StartNew();
        var attempt = await Deliver(patience: new SmtpPatience { Whole = TimeSpan.FromMilliseconds(500) });

        Assert.Equal(FailureClass.Transient, attempt.Failure!.Class);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "the limit for one command is two minutes");
    }

    [Fact]
    public async Task A_missing_password_file_is_a_matter_of_configuration_and_nothing_is_sent()
    {
        var settings = new SmtpSettings
        {
            Host = "127.0.0.1",
            Port = _server.Port,
            Protection = Protection.None,
            User = "u",
            Password = new SecretSource("/nonexistent", null),
        };
        using var transport = new SmtpTransport(settings, "web1", _brief);
        var attempt = await transport.Deliver(_parcel, TestContext.Current.CancellationToken);

        Assert.Equal(FailureClass.Configuration, attempt.Failure!.Class);
        Assert.Contains("password file", attempt.Failure.Words, StringComparison.Ordinal);
        Assert.Empty(_server.Messages);
    }

    [Fact]
    public async Task What_a_server_says_is_cut_and_harmless()
    {
        _server.Answers["MAIL"] = $"550 \u001b[2J{new string('x', 1000)}";
        var words = (await Deliver()).Failure!.Words;

        Assert.True(words.Length < 300);
        Assert.DoesNotContain(words, char.IsControl);
    }

    [Fact]
    public async Task Mails_that_follow_one_another_share_a_connection_and_it_is_closed_politely_after_the_last()
    {
        using var transport = new SmtpTransport(Settings(Protection.None), "web1", _brief);
        _ = await transport.Deliver(_parcel, TestContext.Current.CancellationToken);
        _ = await transport.Deliver(_parcel with { Recipients = ["c@example.org"] }, TestContext.Current.CancellationToken);
        await transport.Rest();

        Assert.Equal(2, _server.Messages.Count);
        Assert.Single(_server.Heard, line => line.StartsWith("EHLO", StringComparison.Ordinal));
        Assert.Single(_server.Heard, line => line.StartsWith("QUIT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_the_server_has_closed_meanwhile_is_no_failure_of_the_next_mail_for_long()
    {
        using var transport = new SmtpTransport(Settings(Protection.None), "web1", _brief);
        _server.ClosesAt = "MAIL";
        Assert.Equal(FailureClass.Transient, (await transport.Deliver(_parcel, TestContext.Current.CancellationToken)).Failure!.Class);
        _server.ClosesAt = null;

        Assert.Equal(2, (await transport.Deliver(_parcel, TestContext.Current.CancellationToken)).Accepted.Count);
    }

    [Theory]
    [InlineData(0, "echo a.b-c~d", "", "")]
    [InlineData(1, "echo why >&2; exit 1", "Configuration", "exit code 1: why")]
    [InlineData(2, "echo later >&2; exit 75", "Transient", "later")]
    [InlineData(3, ":", "Configuration", "printed nothing")]
    [InlineData(4, "echo 'two words'", "Configuration", "no token")]
    public async Task A_token_is_what_the_command_prints_and_its_failure_is_told_in_its_words(int number, string script, string kind, string words)
    {
        var command = Path.Combine(Path.GetTempPath(), $"token-{Environment.ProcessId}-{number}");
        await File.WriteAllTextAsync(command, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            if (kind.Length == 0)
            {
                Assert.Equal("a.b-c~d", await TokenCommand.Ask([command], TestContext.Current.CancellationToken));
                return;
            }

            var error = await Assert.ThrowsAsync<SecretException>(() => TokenCommand.Ask([command], TestContext.Current.CancellationToken));
            Assert.Equal(kind, error.Class.ToString());
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(command);
        }
    }

    [Fact]
    public async Task A_token_logs_in_by_the_mechanism_that_the_server_offers()
    {
        _server.Offers = "AUTH XOAUTH2";
        _server.Answers["AUTH"] = "235 welcome";
        using var transport = new SmtpTransport(
            Settings(Protection.None) with { User = "me", TokenCommand = ["/bin/echo", "t0ken"] }, "web1", _brief);

        Assert.Equal(2, (await transport.Deliver(_parcel, TestContext.Current.CancellationToken)).Accepted.Count);

        var login = _server.Heard.First(line => line.StartsWith("AUTH XOAUTH2 ", StringComparison.Ordinal));
        Assert.Equal("user=me\u0001auth=Bearer t0ken\u0001\u0001", System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(login[13..])));
    }

    [Fact]
    public async Task A_token_that_is_refused_is_a_matter_of_configuration_and_says_where_to_look()
    {
        _server.Offers = "AUTH XOAUTH2";
        _server.Answers["AUTH"] = "535 5.7.8 no";
        using var transport = new SmtpTransport(
            Settings(Protection.None) with { User = "me", TokenCommand = ["/bin/echo", "t0ken"] }, "web1", _brief);

        var failure = (await transport.Deliver(_parcel, TestContext.Current.CancellationToken)).Failure!;

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains("token_command", failure.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", failure.Words, StringComparison.Ordinal);
    }

    private SmtpSettings Settings(Protection protection) => new() { Host = "127.0.0.1", Port = _server.Port, Protection = protection };

    private async Task<Attempt> Deliver(Protection protection = Protection.None, SmtpPatience? patience = null)
    {
        using var transport = new SmtpTransport(Settings(protection), "web1", patience ?? _brief);
        return await transport.Deliver(_parcel, TestContext.Current.CancellationToken);
    }
}
