using System.Net;
using SuperServer.Handlers.Testing;

namespace SuperServer.Handlers.Tests.Sdk.Testing;

/// <summary>What authors test their handlers with.</summary>
public sealed class HandlerHarnessTests
{
    [Fact]
    public async Task A_visit_is_talk_log_and_exit_code()
    {
        await using var visit = HandlerHarness.Start(async (client, stop) =>
        {
            await client.Stream.WriteAsync("hello"u8.ToArray(), stop);
            client.Log.Warning($"{client.Service} had {client.RemoteAddress}");
            throw new HandlerException(ExitCode.Misbehaved);
        });

        Assert.Equal("hello", await visit.Exchange(""));
        Assert.Equal(ExitCode.Misbehaved, await visit.Ended);
        Assert.Equal(["warning: test had 127.0.0.1"], visit.Log);
    }

    [Fact]
    public async Task Who_the_client_is_the_test_decides()
    {
        var circumstances = new Circumstances
        {
            RemoteAddress = IPAddress.Parse("2001:db8::7"),
            Variables = new Dictionary<string, string> { ["SSL_CLIENT_S_DN"] = "CN=ada" },
        };
        await using var visit = HandlerHarness.Start<int>(
            (client, _) =>
            {
                client.Log.Error($"{client.RemoteAddress} {client.Options} {client.Variables["SSL_CLIENT_S_DN"]}");
                return Task.CompletedTask;
            },
            7,
            circumstances);

        await visit.Exchange("");

        Assert.Equal(["error: 2001:db8::7 7 CN=ada"], visit.Log);
    }

    [Fact]
    public async Task A_stop_is_what_a_drain_is()
    {
        await using var visit = HandlerHarness.Start((_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop));

        visit.Stop();

        Assert.Equal(ExitCode.Done, await visit.Ended);
        Assert.DoesNotContain(visit.Log, line => line.StartsWith("error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_datagram_has_as_many_replies_as_the_handler_gave()
    {
        var replies = await HandlerHarness.Answer(
            (datagram, _) =>
            {
                datagram.Reply(datagram.Payload.Span);
                datagram.Reply([]);
                return Task.CompletedTask;
            },
            "hello"u8.ToArray());

        Assert.Equal(["hello"u8.ToArray(), []], replies);
    }

    [Theory]
    [InlineData(53, true, 0)]
    [InlineData(53, false, 1)]
    [InlineData(5353, true, 1)]
    public async Task A_sender_that_is_likely_forged_gets_no_reply_unless_the_author_wants_it(int port, bool guards, int count)
    {
        var isSafe = false;
        var replies = await HandlerHarness.Answer(
            (datagram, _) =>
            {
                isSafe = datagram.IsSafeToAnswer;
                Assert.Equal(count == 1, datagram.Reply("answer"u8));
                return Task.CompletedTask;
            },
            "question"u8.ToArray(),
            new Circumstances { RemotePort = port, Settings = new HandlerSettings { GuardsReplies = guards } });

        Assert.Equal(count, replies.Count);
        Assert.Equal(port == 5353, isSafe);
    }
}
