using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>A flood coarsens what is known of it, and costs neither a count nor the administrator's patience.</summary>
public sealed class TripwireFloodTests
{
    private const int Connections = 10_000;
    private const int Sources = 50;
    private const int AtOnce = 32;

    [Theory]
    [InlineData("nowait", "max_connections = 16")]
    [InlineData("pool", "pool = { workers = 1, max_concurrent = 512 }")]
    [InlineData("wait", "")]
    public async Task Ten_thousand_connections_from_fifty_addresses_are_counted_to_the_last_and_make_three_mails_at_most(string mode, string limits)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Alerting.PrepareMaildir(folder);
        await using var daemon = await RunningDaemon.Start(
            folder,
            Alerting.ToMaildir(folder, settle: "2s").Replace("\"1s\"", "\"10s\", \"1h\"", StringComparison.Ordinal)
            + Alerting.Tripwire(Who.OrdinaryUser, "telnet", "close", $"mode = \"{mode}\"\n{limits}") + "capture = 0\n");

        var connected = await Flood(daemon.Address("telnet"));
        var spool = new Spool(folder);
        await UntilRecorded(spool, connected);
        await Task.Delay(1500, TestContext.Current.CancellationToken);     // a count too many would come now

        Assert.Equal(Connections, connected);
        Assert.Equal(Connections, spool.Connections);
        Assert.InRange(new Maildir(folder.At("maildir")).Mails.Count, 1, 3);
        await UntilTheMailerHasTaken(daemon, Connections);
    }

    // Its books, both sides: what was taken in stands in the mails, or waits for the next one.
    private static async Task UntilTheMailerHasTaken(RunningDaemon daemon, long count)
    {
        (bool, long, long) books = default;
        for (var asked = 0; asked < 60 && books != (true, count, count); asked++)
        {
            var record = JsonDocument.Parse((await daemon.Command("alert", "queue", "--json")).Succeeded()).RootElement.GetProperty("record");
            books = (record.GetProperty("complete").GetBoolean(), record.GetProperty("taken").GetInt64(),
                record.GetProperty("in_mails").GetInt64() + record.GetProperty("pending").GetInt64());
            await Task.Delay(asked == 0 ? 0 : 500, TestContext.Current.CancellationToken);
        }

        Assert.Equal((true, count, count), books);
    }

    // Seldom: ten thousand lines take a while to read.
    private static async Task UntilRecorded(Spool spool, long count)
    {
        for (var waited = 0; spool.Connections < count && waited < 60; waited++)
        {
            await Task.Delay(1000, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<int> Flood(IPEndPoint address)
    {
        var next = 0;
        var connected = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i <= Connections; i = Interlocked.Increment(ref next))
            {
                using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                client.Bind(new IPEndPoint(IPAddress.Parse($"127.0.3.{1 + (i % Sources)}"), 0));
                await client.ConnectAsync(address, Deadline.Soon);
                Interlocked.Increment(ref connected);
                if (i % 3 == 0)
                {
                    client.LingerState = new LingerOption(enable: true, seconds: 0);
                }
                else
                {
                    await HearOut(client);
                }
            }
        })));
        return connected;
    }

    private static async Task HearOut(Socket client)
    {
        try
        {
            _ = await client.ReceiveAsync(new byte[64], Deadline.Soon);
        }
        catch (SocketException)
        {
            // It was reset: that is an end too.
        }
    }
}
