using System.Diagnostics;
using System.Security.Cryptography;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>
/// A mail server that turns bad at any stage, of which each is reached over STARTTLS and a log-in. Whatever it does, an attempt ends, says
/// what it means, and neither loses the mail nor sends a byte of it in clear text.
/// </summary>
public sealed class HostileSmtpTests : IDisposable
{
    private const string Password = "s3cret-pa55word";

    private static readonly string[] _stages = ["", "EHLO", "STARTTLS", FakeSmtpServer.Handshake, "AUTH", "MAIL", "RCPT", "DATA", ".", "QUIT"];

    private static readonly Parcel _parcel = new(
        1, "ss.1-1.6f1c9a@web1", [.. "Message-Id: <ss.1-1.6f1c9a@web1>\nSubject: x\n\nfirst\n"u8])
    {
        Sender = "from@example.org",
        Recipients = ["a@example.org", "b@example.org", "c@example.org"],
        MadeAt = ManualClock.Start,
    };

    // Brief for a test, and long enough for a good answer on a busy machine.
    private static readonly SmtpPatience _brief = new()
    {
        Command = TimeSpan.FromSeconds(2),
        FinalDot = TimeSpan.FromSeconds(2),
        Whole = TimeSpan.FromSeconds(4),
        Farewell = TimeSpan.FromSeconds(1),
    };

    private readonly Authority _authority = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("smtp-test-");

    public HostileSmtpTests()
    {
        File.WriteAllText(At("password"), Password);
        File.WriteAllText(At("authority.pem"), _authority.Pem);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public Task Silence_at_any_stage_is_left() => EachStage(
        (server, stage) => server.HangsAt = stage, stage => stage is "QUIT" ? null : stage is "." ? FailureClass.Ambiguous : FailureClass.Transient);

    [Fact]
    public Task A_connection_that_is_closed_at_any_stage_is_made_anew_later() => EachStage(
        (server, stage) => server.ClosesAt = stage, stage => stage is "QUIT" ? null : stage is "." ? FailureClass.Ambiguous : FailureClass.Transient);

    /// <summary>No single wait is long, so only the limit for everything ends it.</summary>
    [Fact]
    public Task An_answer_that_drips_at_any_stage_ends_with_the_time_for_everything() => EachStage(
        (server, stage) => server.DripsAt = stage, stage => stage is "QUIT" ? null : stage is "." ? FailureClass.Ambiguous : FailureClass.Transient);

    [Fact]
    public async Task An_answer_without_an_end_is_not_kept_in_memory()
    {
        var before = GC.GetTotalAllocatedBytes();
        await EachStage(
            (server, stage) => server.PoursAt = stage,
            stage => stage switch
            {
                "QUIT" => null,
                "." => FailureClass.Ambiguous,
                FakeSmtpServer.Handshake => FailureClass.Configuration,     // what pours is no TLS
                _ => FailureClass.Transient,
            });

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 300_000_000);
    }

    [Fact]
    public Task A_long_answer_at_any_stage_is_only_long() => EachStage(
        (server, stage) => server.Answers[stage] = $"{Usual(stage)}{Lines(Usual(stage), 20_000)}{Extensions(stage)} {new string('x', 40)}",
        _ => null,
        isFault: false);

    [Fact]
    public Task What_a_server_says_at_any_stage_cannot_move_a_cursor_or_end_a_line() => EachStage(
        (server, stage) => server.Answers[stage] = $"599 \u001b[2J\u0000\u0007\rx\u0085\u202e{Password[..1]}\ufffd{new string('x', 5000)}",
        stage => stage switch
        {
            "QUIT" => null,
            "" or "EHLO" or "STARTTLS" or "AUTH" => FailureClass.Configuration,
            _ => FailureClass.Permanent,
        },
        isFault: false);

    /// <summary>The stages side by side, each with a server of its own; the next attempt finds a server that behaves.</summary>
    private async Task EachStage(Action<FakeSmtpServer, string> spoil, Func<string, FailureClass?> expected, bool isFault = true)
    {
        var clock = Stopwatch.StartNew();
        var seen = await Task.WhenAll(_stages.Where(stage => isFault || stage != FakeSmtpServer.Handshake).Select(async stage =>
        {
            using var server = Server();
            spoil(server, stage);
            using var transport = new SmtpTransport(Settings(server), "web1", _brief);
            var attempt = await Deliver(transport);
            await transport.Rest();
            Assert.Equal(isFault ? stage : null, server.Misbehaved);
            AssertHarmless(attempt);

            (server.HangsAt, server.ClosesAt, server.DripsAt, server.PoursAt) = (null, null, null, null);
            server.Answers.Clear();
            using var next = new SmtpTransport(Settings(server), "web1", new SmtpPatience());
            Assert.Equal(_parcel.Recipients, (await Deliver(next)).Accepted);
            Assert.All(server.Messages, message => Assert.StartsWith("Message-Id: <ss.1-1.6f1c9a@web1>\n", message, StringComparison.Ordinal));
            return $"{stage}: {attempt.Failure?.Class.ToString() ?? (attempt.Refused.Count > 0 ? "Permanent" : "delivered")}";
        }));

        Assert.Equal(
            _stages.Where(stage => isFault || stage != FakeSmtpServer.Handshake).Select(stage => $"{stage}: {expected(stage)?.ToString() ?? "delivered"}"), seen);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("", "421 busy", "Transient")]
    [InlineData("EHLO", "421 busy", "Transient")]
    [InlineData("STARTTLS", "454 4.7.0 TLS not available", "Transient")]
    [InlineData("AUTH", "421 busy", "Transient")]
    [InlineData("AUTH", "454 4.7.0 temporary authentication failure", "Transient")]
    [InlineData("AUTH", "535 5.7.8 wrong", "Configuration")]
    [InlineData("AUTH", "534 5.7.9 too weak", "Configuration")]
    [InlineData("AUTH", "538 5.7.11 needs encryption", "Configuration")]
    [InlineData("AUTH", "550 5.7.30 basic authentication is not supported", "Configuration")]
    [InlineData("MAIL", "421 busy", "Transient")]
    [InlineData("MAIL", "450 4.1.8 later", "Transient")]
    [InlineData("MAIL", "552 5.3.4 too big", "TransientLong")]
    [InlineData("RCPT", "421 busy", "Transient")]
    [InlineData("RCPT", "450 4.2.0 greylisted", "Transient")]
    [InlineData("RCPT", "452 4.2.2 full", "TransientLong")]
    [InlineData("RCPT", "552 5.2.2 full", "TransientLong")]
    [InlineData("RCPT", "530 5.7.0 log in", "Configuration")]
    [InlineData("RCPT", "550 5.7.30 basic authentication is not supported", "Configuration")]
    [InlineData("DATA", "421 busy", "Transient")]
    [InlineData("DATA", "450 later", "Transient")]
    [InlineData(".", "421 busy", "Transient")]
    [InlineData(".", "452 4.3.1 disk full", "TransientLong")]
    [InlineData(".", "552 5.3.4 too big", "TransientLong")]
    public async Task The_answer_says_how_to_go_on(string stage, string answer, string kind)
    {
        using var server = Server();
        server.Answers[stage] = answer;
        var attempt = await Deliver(server);

        Assert.Equal((kind, 0), (attempt.Failure?.Class.ToString(), attempt.Accepted.Count));
        Assert.Empty(attempt.Refused);
        Assert.Contains(answer[4..], attempt.Failure!.Words, StringComparison.Ordinal);
        AssertHarmless(attempt);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("c")]
    public async Task One_of_three_recipients_who_is_refused_keeps_the_mail_from_nobody_else(string refused)
    {
        using var server = Server();
        server.Answers[$"RCPT TO:<{refused}@"] = "550 5.1.1 no such user";
        var attempt = await Deliver(server);

        Assert.Null(attempt.Failure);
        Assert.Equal(_parcel.Recipients.Where(to => to[..1] != refused), attempt.Accepted);
        Assert.Equal([$"{refused}@example.org"], attempt.Refused.Keys);
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task Each_recipient_has_an_answer_of_its_own()
    {
        using var server = Server();
        server.Answers["RCPT TO:<a@"] = "550 5.1.1 no such user";
        server.Answers["RCPT TO:<b@"] = "450 4.2.0 greylisted";
        var attempt = await Deliver(server);

        Assert.Equal(["c@example.org"], attempt.Accepted);
        Assert.Equal(["a@example.org"], attempt.Refused.Keys);
        Assert.Equal(FailureClass.Transient, attempt.Failure!.Class);
        Assert.Contains("b@example.org: 450 4.2.0 greylisted", attempt.Failure.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("250-fake\r\n250 AUTH PLAIN LOGIN")]
    [InlineData("250 fake")]
    [InlineData("502 no EHLO here")]
    public async Task Without_STARTTLS_neither_the_password_nor_the_mail_is_said(string answer)
    {
        using var server = Server();
        server.Answers["EHLO"] = answer;
        var attempt = await Deliver(server);

        Assert.Equal(FailureClass.Configuration, attempt.Failure!.Class);
        Assert.All(server.Heard, line => Assert.Matches("^(EHLO|HELO|QUIT)", line));
        Assert.Empty(server.Messages);
    }

    /// <summary>What comes in clear text behind the answer to STARTTLS must not pass for the server's word under TLS.</summary>
    [Fact]
    public async Task What_somebody_puts_in_before_the_handshake_is_not_listened_to()
    {
        using var server = Server();
        server.Offers = null;
        server.Answers["STARTTLS"] = "220 go on\r\n250-evil\r\n250 AUTH PLAIN LOGIN";
        var attempt = await Deliver(server);

        Assert.NotNull(attempt.Failure);
        Assert.DoesNotContain(server.Heard, line => line.StartsWith("AUTH", StringComparison.Ordinal));
        Assert.Empty(server.Messages);
    }

    /// <summary>Which certificate the server shows, and what the configuration says of it.</summary>
    [Theory]
    [InlineData("127.0.0.1", 1, "authority.pem", null, "")]
    [InlineData("127.0.0.1", 1, "other.pem", null, "it is not signed by an authority in")]
    [InlineData("127.0.0.1", 1, null, null, "unable to get local issuer certificate")]
    [InlineData("127.0.0.1", 1, "missing.pem", null, "'ca_file' cannot be read")]
    [InlineData("127.0.0.1", 1, "password", null, "there is no certificate in 'ca_file'")]
    [InlineData("mail.example.org", 1, "authority.pem", null, "the certificate is for mail.example.org")]
    [InlineData("127.0.0.1", -1, "authority.pem", null, "expired")]
    [InlineData("127.0.0.1", 1, null, "right", "")]
    [InlineData("mail.example.org", -1, "other.pem", "right", "")]
    [InlineData("127.0.0.1", 1, "authority.pem", "wrong", "its SHA-256 is")]
    public async Task Only_the_right_certificate_gets_the_mail(string name, int daysLeft, string? authorities, string? pin, string complaint)
    {
        using var other = new Authority();
        await File.WriteAllTextAsync(At("other.pem"), other.Pem, TestContext.Current.CancellationToken);
        using var certificate = _authority.For(name, daysLeft);
        using var server = Server();
        server.Certificate = certificate;
        using var transport = new SmtpTransport(
            Settings(server) with
            {
                AuthorityFile = authorities is null ? null : At(authorities),
                Pin = pin switch
                {
                    null => null,
                    "right" => certificate.GetCertHashString(HashAlgorithmName.SHA256),
                    _ => new string('0', 64),
                },
            },
            "web1",
            _brief);
        var attempt = await Deliver(transport);

        if (complaint.Length == 0)
        {
            Assert.Equal((null, 3), (attempt.Failure?.Words, attempt.Accepted.Count));
            return;
        }

        Assert.Equal(FailureClass.Configuration, attempt.Failure!.Class);
        Assert.Contains(complaint, attempt.Failure.Words, StringComparison.Ordinal);
        Assert.Empty(server.Messages);
        Assert.DoesNotContain(server.Heard, line => line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    private static void AssertHarmless(Attempt attempt)
    {
        foreach (var words in attempt.Refused.Values.Append(attempt.Reply).Append(attempt.Failure?.Words ?? ""))
        {
            Assert.DoesNotContain(words, letter => letter is < ' ' or > '~');
            Assert.DoesNotContain(Password, words, StringComparison.Ordinal);
            Assert.InRange(words.Length, 0, 450);
        }
    }

    private static string Usual(string stage) => stage switch
    {
        "" or "STARTTLS" => "220",
        "AUTH" => "235",
        "DATA" => "354",
        "QUIT" => "221",
        _ => "250",
    };

    private static string Lines(string code, int count) => string.Concat(Enumerable.Repeat($"-{new string('x', 45)}\r\n{code}", count));

    private static string Extensions(string stage) => stage == "EHLO" ? "-STARTTLS\r\n250-AUTH PLAIN\r\n250" : "";

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private FakeSmtpServer Server() => new() { OffersStartTls = true, Offers = "AUTH PLAIN LOGIN", Certificate = _authority.For("127.0.0.1") };

    private SmtpSettings Settings(FakeSmtpServer server) => new()
    {
        Host = "127.0.0.1",
        Port = server.Port,
        Protection = Protection.StartTls,
        AuthorityFile = At("authority.pem"),
        User = "somebody",
        Password = new SecretSource(At("password"), null),
    };

    private static Task<Attempt> Deliver(SmtpTransport transport) => transport.Deliver(_parcel, TestContext.Current.CancellationToken);

    private async Task<Attempt> Deliver(FakeSmtpServer server)
    {
        using var transport = new SmtpTransport(Settings(server), "web1", _brief);
        return await Deliver(transport);
    }
}
