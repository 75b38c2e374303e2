using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Notelnet;

/// <summary>notelnet as a worker of a pool: clients come as messages on descriptor 0.</summary>
public sealed class PoolWorkerTests
{
    [Fact]
    public void Each_client_is_recorded_under_the_daemons_id_and_the_daemon_hears_of_the_end_once()
    {
        using var spool = Folder.Spool();
        using var daemon = Start(spool, """{"on_connect":"message"}""");
        var texts = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            using var client = daemon.Connect($"run-{i}");
            texts.Add(client.ReadTextToEnd());
            client.Dispose();
            Assert.Equal($"done run-{i} 0", daemon.Hear());
        }

        daemon.Close();
        Assert.Equal(0, daemon.Worker.WaitForEnd());
        Assert.Equal(20, spool.Touches().Count);
        Assert.Equal(40, spool.Records().Count);
        Assert.All(spool.Touches().Zip(texts), pair => Assert.Contains(pair.First.Reference, pair.Second, StringComparison.Ordinal));
        Assert.Equal("run-7", spool.Touches()[7].Connection);
    }

    [Fact]
    public void A_client_that_has_reset_is_recorded_with_what_the_daemon_saw()
    {
        using var spool = Folder.Spool();
        using var daemon = Start(spool, null);
        var (client, accepted) = Sockets.Pair();
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        Assert.True(accepted.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead));

        daemon.Hand("run-1", accepted);

        Assert.Equal("done run-1 0", daemon.Hear());
        var touch = Assert.Single(spool.Touches());
        Assert.Equal((IPAddress.Loopback, "TCPREMOTEIP"), (touch.Source.Address, touch.PeerFrom));
    }

    [Fact]
    public void A_client_whose_socket_got_lost_on_the_way_is_recorded_all_the_same()
    {
        using var spool = Folder.Spool();
        using var daemon = Start(spool, """{"on_connect":"message"}""");

        daemon.Send("run-1", descriptor: null);

        Assert.Equal("done run-1 0", daemon.Hear());
        Assert.Equal(IPAddress.Loopback, Assert.Single(spool.Touches()).Source.Address);
    }

    [Fact]
    public void Hundreds_are_in_the_tarpit_of_one_worker_and_go_when_it_is_told_to_end()
    {
        using var spool = Folder.Spool();
        using var daemon = Start(spool, """{"on_connect":"tarpit","tarpit_per_source":4096}""");
        var clients = Enumerable.Range(0, 200).Select(i => daemon.Connect($"run-{i}")).ToList();
        foreach (var client in clients)
        {
            _ = client.ReadExactly(3);
        }

        daemon.Worker.Terminate();
        var heard = Enumerable.Range(0, 200).Select(_ => daemon.Hear()).ToHashSet();

        Assert.Equal(0, daemon.Worker.WaitForEnd());
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"done run-{i} 0").Order(), heard.Order());
        Assert.Equal(200, spool.Records().OfType<EndRecord>().Count(end => end.Why == "stopped"));
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("""{"on_connect":"mesage","capture":0}""", 78)]
    [InlineData("""{"capture":0}""", 0)]
    public void Its_codes_are_those_of_a_process_for_one(string options, int code)
    {
        using var spool = Folder.Spool();
        using var daemon = Start(spool, options);
        using var client = daemon.Connect("run-1");

        Assert.Equal($"done run-1 {code}", daemon.Hear());
    }

    [Fact]
    public void What_is_not_even_counted_the_daemon_hears_of()
    {
        using var spool = new Folder();
        using var daemon = Start(spool, """{"on_connect":"message","capture":0}""");
        using var client = daemon.Connect("run-1");

        Assert.Empty(client.ReadToEnd());
        Assert.Equal("done run-1 75", daemon.Hear());
    }

    private static PoolDaemon Start(Folder spool, string? options)
    {
        (string, string)[] environment = [("SUPERSERVER_SPOOL", spool.Path), ("SUPERSERVER_SERVICE", "telnet")];
        return new PoolDaemon("notelnet", options is null ? environment : [.. environment, ("SUPERSERVER_OPTIONS", options)]);
    }
}
