using System.Diagnostics;
using System.Globalization;
using System.Text;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class WebhookTests : IDisposable
{
    private static readonly TimeSpan _short = TimeSpan.FromMilliseconds(700);

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task The_payload_is_posted_as_it_is_with_the_headers_of_the_file()
    {
        using var server = WebServer.Saying(WebServer.Ok);
        Workshop.Write(File, "# a comment\nAuthorization: Bearer s3cret\n\nX-Team: night watch\n");

        var attempt = await Deliver(new WebTarget { Address = server.Address, Headers = new SecretSource(File, null) });

        Assert.Equal(["a@example.org", "b@example.org"], attempt.Accepted);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST /in?a=b HTTP/1.1", """{"a":1}"""), (request.Line, request.Body));
        Assert.Equal(("application/json", "\"id@web1\""), (request.Headers["Content-Type"], request.Headers["Idempotency-Key"]));
        Assert.Equal(("Bearer s3cret", "night watch"), (request.Headers["Authorization"], request.Headers["X-Team"]));
    }

    [Fact]
    public async Task An_address_can_be_a_secret_itself()
    {
        using var server = WebServer.Saying(WebServer.Ok);
        Workshop.Write(File, $"{server.Address}\n");

        var attempt = await Deliver(new WebTarget { AddressFile = new SecretSource(File, null) });

        Assert.Equal(2, attempt.Accepted.Count);
        Assert.Equal("POST /in?a=b HTTP/1.1", Assert.Single(server.Requests).Line);
    }

    [Theory]
    [InlineData("http://example.org/")]
    [InlineData("not an address")]
    [InlineData("https://user:password@example.org/")]
    public async Task A_secret_address_must_be_a_safe_one(string address)
    {
        Workshop.Write(File, address);

        var failure = (await Deliver(new WebTarget { AddressFile = new SecretSource(File, null) })).Failure!;

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.DoesNotContain("example", failure.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200 OK", null)]
    [InlineData("202 Accepted", null)]
    [InlineData("301 Moved", "Configuration")]
    [InlineData("400 Bad Request", "Permanent")]
    [InlineData("401 Unauthorized", "Configuration")]
    [InlineData("403 Forbidden", "Configuration")]
    [InlineData("404 Not Found", "Configuration")]
    [InlineData("408 Request Timeout", "Transient")]
    [InlineData("410 Gone", "Configuration")]
    [InlineData("413 Too Large", "Permanent")]
    [InlineData("422 Unprocessable", "Permanent")]
    [InlineData("429 Too Many Requests", "Transient")]
    [InlineData("500 Oops", "Transient")]
    [InlineData("501 Not Implemented", "Configuration")]
    [InlineData("503 Busy", "Transient")]
    public async Task The_status_says_how_to_go_on(string status, string? kind)
    {
        using var server = WebServer.Saying(WebServer.Status(status, body: "because"));

        var attempt = await Deliver(server);

        Assert.Equal(kind, attempt.Failure?.Class.ToString());
        Assert.Equal(kind is null ? 2 : 0, attempt.Accepted.Count);
        if (kind is not null and not "Configuration")
        {
            Assert.Equal($"webhook 127.0.0.1:{server.Address.Port}: {status}: because", attempt.Failure!.Words);
        }
    }

    [Theory]
    [InlineData("429 Slow down", "Retry-After: 90\r\n", 90)]
    [InlineData("503 Busy", "Retry-After: 120\r\n", 120)]
    [InlineData("503 Busy", "Retry-After: soon\r\n", null)]
    [InlineData("500 Oops", "Retry-After: 90\r\n", null)]
    [InlineData("429 Slow down", "", null)]
    public async Task It_may_ask_for_patience(string status, string header, int? seconds)
    {
        using var server = WebServer.Saying(WebServer.Status(status, header));

        Assert.Equal(seconds, (await Deliver(server)).Failure!.RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData(null, 30)]
    [InlineData(1, 30)]
    [InlineData(90, 90)]
    [InlineData(86_400, 3600)]
    [InlineData(-5, 30)]
    public void Patience_is_given_within_reason(int? wish, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            Backoff.After(
                new Failure(FailureClass.Transient, "429") { RetryAfter = wish is { } w ? TimeSpan.FromSeconds(w) : null }, attempts: 0, chance: 0.5));

    [Fact]
    public async Task A_redirection_is_told_and_not_followed()
    {
        using var elsewhere = WebServer.Saying(WebServer.Ok);
        using var server = WebServer.Saying(WebServer.Status("307 Temporary Redirect", $"Location: {elsewhere.Address}\r\n"));

        var failure = (await Deliver(server)).Failure!;

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains($"it redirects to {elsewhere.Address}", failure.Words, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_server_that_says_nothing_costs_the_patience_and_no_more()
    {
        using var server = new WebServer((_, _, stop) => Task.Delay(Timeout.Infinite, stop));

        await FailsInTime(server, FailureClass.Ambiguous, "no whole answer within");
    }

    [Fact]
    public async Task A_server_that_drips_its_headers_costs_no_more()
    {
        using var server = new WebServer(async (_, stream, stop) =>
        {
            await WebServer.Say(stream, "HTTP/1.1 200 OK\r\n", stop);
            for (var i = 0; ; i++)
            {
                await WebServer.Say(stream, string.Create(CultureInfo.InvariantCulture, $"X-{i}: drip\r\n"), stop);
                await Task.Delay(50, stop);
            }
        });

        await FailsInTime(server, FailureClass.Ambiguous, "no whole answer within");
    }

    [Fact]
    public async Task A_server_that_drips_its_reasons_is_believed_without_them()
    {
        using var server = new WebServer(async (_, stream, stop) =>
        {
            await WebServer.Say(stream, "HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\n", stop);
            for (; ; await Task.Delay(50, stop))
            {
                await WebServer.Say(stream, "x", stop);
            }
        });

        await FailsInTime(server, FailureClass.Transient, "500 Oops: x");
    }

    [Fact]
    public async Task A_server_that_took_it_need_not_finish_its_answer()
    {
        using var server = new WebServer(async (_, stream, stop) =>
        {
            await WebServer.Say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", stop);
            await Task.Delay(Timeout.Infinite, stop);
        });

        Assert.Equal(2, (await Deliver(server)).Accepted.Count);
    }

    [Fact]
    public async Task A_server_that_hangs_up_on_the_request_may_have_it()
    {
        using var server = new WebServer((_, _, _) => Task.CompletedTask);

        Assert.Equal(FailureClass.Ambiguous, (await Deliver(server)).Failure!.Class);
    }

    [Fact]
    public async Task A_server_that_is_not_there_has_nothing()
    {
        Uri address;
        using (var server = WebServer.Saying(WebServer.Ok))
        {
            address = server.Address;
        }

        Assert.Equal(FailureClass.Transient, (await Deliver(new WebTarget { Address = address })).Failure!.Class);
    }

    [Fact]
    public async Task An_answer_that_is_no_http_is_no_success()
    {
        using var server = WebServer.Saying("220 mail.example.org ESMTP\r\n");

        Assert.Equal(FailureClass.Ambiguous, (await Deliver(server)).Failure!.Class);
    }

    [Fact]
    public async Task A_flood_of_headers_is_no_success()
    {
        using var server = new WebServer(async (_, stream, stop) =>
        {
            await WebServer.Say(stream, "HTTP/1.1 200 OK\r\n", stop);
            await WebServer.Say(stream, $"X: {new string('x', 100_000)}\r\n\r\n", stop);
        });

        Assert.NotNull((await Deliver(server)).Failure);
    }

    [Fact]
    public async Task What_a_server_says_cannot_reach_a_terminal()
    {
        using var server = WebServer.Saying(WebServer.Status("500 Oops", body: "\x1b[2Jgone\nfor good"));

        Assert.EndsWith(@"500 Oops: \u{1b}[2Jgone\u{a}for good", (await Deliver(server)).Failure!.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authorization Bearer x", 1)]
    [InlineData("A: b\nHost: elsewhere", 2)]
    [InlineData("A: b\nContent-Length: 0", 2)]
    [InlineData("A: b\u0001", 1)]
    [InlineData("Ä: b", 1)]
    [InlineData(": b", 1)]
    [InlineData("A:", 1)]
    public async Task A_headers_file_is_told_by_its_line_and_never_by_its_words(string text, int line)
    {
        using var server = WebServer.Saying(WebServer.Ok);
        Workshop.Write(File, text);

        var failure = (await Deliver(new WebTarget { Address = server.Address, Headers = new SecretSource(File, null) })).Failure!;

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains($"line {line} of the headers file is no header", failure.Words, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_missing_headers_file_is_a_matter_of_configuration()
    {
        using var server = WebServer.Saying(WebServer.Ok);

        var failure = (await Deliver(new WebTarget { Address = server.Address, Headers = new SecretSource("/nonexistent", null) })).Failure!;

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_certificate_that_nobody_signed_is_not_believed()
    {
        using var server = WebServer.Saying(WebServer.Ok, Authority.Nobody);

        var failure = (await Deliver(server)).Failure!;

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains("its certificate is not believed", failure.Words, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("hooks.example.org", false)]
    public async Task A_certificate_of_an_authority_of_our_own_is_good_for_its_name_only(string name, bool isGood)
    {
        using var authority = new Authority();
        Workshop.Write(File, authority.Pem);
        using var server = WebServer.Saying(WebServer.Ok, authority.For(name));

        var attempt = await Deliver(new WebTarget { Address = server.Address, AuthorityFile = File });

        Assert.Equal(isGood ? 2 : 0, attempt.Accepted.Count);
        Assert.Equal(isGood ? 1 : 0, server.Requests.Count);
    }

    private string File => Path.Combine(_workshop.Root, "secret");

    // Far from the patience, for the process of the tests has other things to do; a server that is waited for is waited for without end.
    private static readonly TimeSpan _soon = TimeSpan.FromMinutes(1);

    private static async Task FailsInTime(WebServer server, FailureClass kind, string words)
    {
        var watch = Stopwatch.StartNew();
        var failure = (await Deliver(server, _short)).Failure!;

        Assert.Equal(kind, failure.Class);
        Assert.Contains(words, failure.Words, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, _short / 2, _soon);
    }

    private static Task<Attempt> Deliver(WebServer server, TimeSpan? patience = null) => Deliver(new WebTarget { Address = server.Address }, patience);

    private static Task<Attempt> Deliver(WebTarget target, TimeSpan? patience = null) =>
        new WebhookTransport(target, patience ?? _soon).Deliver(SomeParcel, TestContext.Current.CancellationToken);

    internal static Parcel SomeParcel { get; } = new(1, "id@web1", Encoding.ASCII.GetBytes("the mail"))
    {
        Payload = Encoding.ASCII.GetBytes("""{"a":1}"""),
        Subject = "[web1] telnet tripwire: 203.0.113.7",
        Sender = "from@example.org",
        Recipients = ["a@example.org", "b@example.org"],
        MadeAt = ManualClock.Start,
    };
}
