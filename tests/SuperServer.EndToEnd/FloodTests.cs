using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Crowds that mean no good. How much slower the others are served meanwhile: script/bench-flood.</summary>
public sealed class FloodTests
{
    private const string Hello = """
        [service.hello]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/echo", "hello"]

        """;

    [Fact]
    public async Task Two_hundred_clients_that_never_speak_have_their_own_places_and_no_others()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Hello + """
            [service.cat]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            max_connections = 20
            max_per_source = 10
            """);
        var silent = new List<Client>();
        for (var i = 0; i < 200; i++)
        {
            silent.Add(await Client.Connect(daemon.Address("cat"), "127.0.0.2"));
        }

        Assert.Equal("hello", await Client.Ask(daemon.Address("cat"), "hello"));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello"), "127.0.0.2"));
        await Eventually.Holds(() => daemon.Kernel.Children.Count == 10, "ten children for the source that has ten places");
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Ten_thousand_sources_are_remembered_in_little_memory()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Hello + Pool.Service(folder, Pool.Sample, """
            max_per_source = 2
            rate_per_source = { rate = "10/h", burst = 1 }
            """));
        var address = daemon.Address("pool");
        Assert.Equal("WARM\n", await Client.Ask(address, "warm\n"));
        var before = daemon.Kernel.PeakMemory;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(lane => Task.Run(async () =>
        {
            for (var i = lane; i < 10_000; i += 16)
            {
                await Touch(address, $"127.{1 + (i / 65_536)}.{i / 256 % 256}.{i % 256}");
            }
        })));

        await daemon.Log.WaitForCount(10_001, Said.Ended, "pool", seconds: 60);
        Assert.Equal("", await Client.Hear(address, "127.1.0.1"));      // it is remembered
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));
        var grown = (daemon.Kernel.PeakMemory - before) >> 20;
        TestContext.Current.TestOutputHelper?.WriteLine($"{before >> 20} MiB, and {grown} MiB more for 10,000 sources");
        Assert.InRange(grown, 0, 32);
    }

    [Theory]
    [InlineData("max_per_source = 4")]
    [InlineData("rate = { rate = '300/s', burst = 1 }")]
    [InlineData("max_connections = 8")]
    public async Task During_a_flood_on_one_service_everybody_at_another_is_answered(string limit)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Hello + $"""
            [service.flooded]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/true"]
            {limit}
            """);
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var flood = Enumerable.Range(2, 3).Select(lane => Task.Run(async () =>
        {
            var count = 0;
            for (; !over.IsCancellationRequested; count++)
            {
                await Touch(daemon.Address("flooded"), $"127.0.0.{lane}");
            }

            return count;
        })).ToList();

        var answered = 0;
        for (; !over.IsCancellationRequested; answered++)
        {
            Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));
        }

        var touches = (await Task.WhenAll(flood)).Sum();
        TestContext.Current.TestOutputHelper?.WriteLine($"{answered} answered during {touches} touches");
        Assert.InRange(answered, 10, int.MaxValue);
    }

    // One who comes and goes, and does not care how he is received.
    private static async Task Touch(IPEndPoint address, string from)
    {
        try
        {
            using var client = await Client.Connect(address, from);
            client.EndSending();
            await client.ReceiveAll();
        }
        catch (SocketException)
        {
            await Task.Yield();
        }
    }
}
