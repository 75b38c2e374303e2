using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Configuration;

namespace SuperServer.Tests;

/// <summary>What the loop does when a time has come, to the millisecond, on a clock that only the test moves.</summary>
public sealed class DispatcherTests
{
    private const string Pauses = "is not started again for";
    private const string Started = "started for";

    private static readonly double[] _doubling = [1, 2, 4, 8, 16, 32, 60, 60];

    // A worker in shell: it cannot take the connection (a plain read drops the descriptor), so it hangs up, and says that it is done.
    private const string HangUp = """
        while done=$(dd bs=4096 count=1 2>/dev/null | tr '\0' '\n' | sed -n 's/^SUPERSERVER_CONNECTION=/done /p'); [ -n "$done" ]; do
          printf %s "$done"
        done
        """;

    [Fact]
    public void A_program_that_cannot_be_started_is_tried_again_after_1_2_4_and_at_last_60_seconds()
    {
        using var loop = new SteppedLoop(Some.Service with { Program = "/nonexistent/program" });
        foreach (var _ in _doubling)
        {
            loop.Connect();
        }

        loop.TurnUntil(1, Pauses);
        foreach (var seconds in _doubling[..^1])
        {
            loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(seconds), Pauses);
        }

        Assert.Equal(_doubling, loop.Seconds(Pauses));
    }

    [Fact]
    public void One_success_forgives_all_failures()
    {
        using var loop = new SteppedLoop(folder => [Some.Service with { Program = $"{folder}/program" }]);
        loop.Connect();
        loop.TurnUntil(1, Pauses);
        loop.Connect();
        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(1), Pauses);
        var program = Path.Combine(loop.Folder, "program");

        File.CreateSymbolicLink(program, "/bin/true");
        loop.Connect();
        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(2), Started);
        File.Delete(program);
        loop.Connect();
        loop.TurnUntil(3, Pauses);

        Assert.Equal([1, 2, 1], loop.Seconds(Pauses));
    }

    [Fact]
    public void A_wait_server_that_dies_without_reading_is_started_again_after_1_2_4_and_at_last_60_seconds()
    {
        using var loop = new SteppedLoop(Datagrams("/bin/false"));
        Send(loop);

        loop.TurnUntil(1, Pauses);
        foreach (var seconds in _doubling[..^1])
        {
            loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(seconds), Pauses);
        }

        Assert.Equal(_doubling, loop.Seconds(Pauses));
    }

    [Fact]
    public void A_wait_server_that_ends_well_without_reading_is_given_a_breath_after_twenty_times()
    {
        using var loop = new SteppedLoop(Datagrams("/bin/true"));
        Send(loop);

        loop.TurnUntil(20, "ended: exit");
        loop.AssertHappensExactlyAfter(TimeSpan.FromMilliseconds(50), "started on");

        Assert.Equal(0, loop.Count(Pauses));
    }

    [Fact]
    public void A_rate_that_lets_clients_queue_takes_the_next_one_at_the_very_moment()
    {
        using var loop = new SteppedLoop(Some.Service with
        {
            Limits = new ServiceLimits { Rate = new Rate(6, TimeSpan.FromMinutes(1), 2, null) },
        });
        for (var client = 0; client < 4; client++)
        {
            loop.Connect();
        }

        loop.TurnUntil(2, Started);

        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(10), Started);
        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(10), Started);
    }

    [Fact]
    public void A_service_that_waits_for_its_rate_is_paused_and_online_again_though_nobody_comes()
    {
        using var loop = new SteppedLoop(Some.Service with
        {
            Limits = new ServiceLimits { Rate = new Rate(6, TimeSpan.FromMinutes(1), 1, null) },
        });
        loop.Connect();
        loop.TurnUntil(1, "{Service} is {State}");

        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(10), "{Service} is {State}");

        Assert.Equal(["\"paused\"", "\"online\""], loop.Lines("{Service} is {State}").Select(line => line.Properties["State"].ToString()));
    }

    [Fact]
    public void A_child_that_runs_too_long_is_told_to_end_and_then_killed()
    {
        using var loop = new SteppedLoop(Shell("trap '' TERM; echo ready; sleep 60") with
        {
            MaxRuntime = TimeSpan.FromMinutes(5),
            StopTimeout = TimeSpan.FromSeconds(7),
        });
        Hear(loop, loop.Connect());

        loop.AssertHappensExactlyAfter(TimeSpan.FromMinutes(5), "limit=max_runtime");
        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(7), "is killed");

        loop.TurnUntil(1, "ended by signal");
        Assert.Equal("9", loop.Lines("ended by signal")[0].Properties["Signal"].ToString());
        Assert.Equal([307], loop.Seconds("ended by signal"));
    }

    [Fact]
    public void A_child_that_ends_when_it_is_told_to_is_not_killed()
    {
        using var loop = new SteppedLoop(Shell("echo ready; exec sleep 60") with { MaxRuntime = TimeSpan.FromMinutes(5) });
        Hear(loop, loop.Connect());

        loop.AssertHappensExactlyAfter(TimeSpan.FromMinutes(5), "limit=max_runtime");
        loop.TurnUntil(1, "ended by signal");
        loop.Clock.Advance(TimeSpan.FromHours(1));
        loop.Turn();

        Assert.Equal("15", loop.Lines("ended by signal")[0].Properties["Signal"].ToString());
        Assert.Equal(0, loop.Count("is killed"));
    }

    [Fact]
    public void A_child_that_ended_in_time_is_forgotten_with_its_time()
    {
        using var loop = new SteppedLoop(Some.Service with { MaxRuntime = TimeSpan.FromMinutes(5) });
        loop.Connect();
        loop.TurnUntil(1, "ended: exit");

        loop.Clock.Advance(TimeSpan.FromHours(1));
        loop.Turn();

        Assert.Equal(0, loop.Count("limit=max_runtime"));
    }

    [Fact]
    public void A_worker_ends_when_it_has_been_idle_for_so_long_and_every_client_begins_that_time_anew()
    {
        using var loop = new SteppedLoop(Shell(HangUp) with
        {
            Mode = ServiceMode.Pool,
            StandardError = StandardError.Null,
            Pool = new PoolSettings { Idle = TimeSpan.FromSeconds(30) },
        });
        loop.Connect();
        loop.TurnUntil(1, "ended: exit");
        loop.Clock.Advance(TimeSpan.FromSeconds(29));
        loop.Connect();
        loop.TurnUntil(2, "ended: exit");

        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(30), "ended: exit");

        Assert.Equal(1, loop.Count("is a worker of the pool"));
        Assert.Equal([0, 0, 59], loop.Seconds("ended: exit"));
    }

    [Fact]
    public void A_worker_that_does_not_go_is_killed_after_the_stop_timeout()
    {
        using var loop = new SteppedLoop(Shell($"{HangUp}\nexec sleep 60") with
        {
            Mode = ServiceMode.Pool,
            StandardError = StandardError.Null,
            StopTimeout = TimeSpan.FromSeconds(3),
        });
        loop.Connect();
        loop.TurnUntil(1, "ended: exit");
        loop.Clock.Advance(TimeSpan.FromMinutes(1));
        loop.Turn();

        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(3), "is killed");
    }

    [Fact]
    public void A_worker_that_is_slower_than_a_burst_loses_nobody_and_stays_the_only_one()
    {
        using var loop = new SteppedLoop(folder => [Pool(1, $"until [ -e {folder}/go ]; do sleep 0.02; done\n{HangUp}")]);
        for (var client = 0; client < 400; client++)
        {
            loop.Connect();
        }

        loop.TurnUntil(1, "is full");
        Assert.InRange(loop.Count(Started), 16, 399);
        File.WriteAllText(Path.Combine(loop.Folder, "go"), "");
        loop.TurnUntil(400, "ended: exit");

        Assert.Equal((1, 0), (loop.Count("is a worker of the pool"), loop.Count("takes no connection")));
    }

    [Fact]
    public void A_worker_that_reads_nothing_for_five_seconds_gets_no_more_and_another_takes_its_place()
    {
        using var loop = new SteppedLoop(Pool(1, "sleep 60"));
        for (var client = 0; client < 400; client++)
        {
            loop.Connect();
        }

        loop.TurnUntil(1, "is full");

        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(5), "takes no connection");
        loop.TurnUntil(2, "is a worker of the pool");
    }

    [Fact]
    public void A_port_that_is_taken_is_tried_again_after_1_2_4_and_at_last_60_seconds_until_it_is_free()
    {
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var taken = Some.Endpoint with { Address = (IPEndPoint)squatter.LocalEndpoint };
        using var loop = new SteppedLoop(Some.Service with { Name = "unlucky", Listen = [taken] }, Some.Service);

        foreach (var seconds in _doubling[..^1])
        {
            loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(seconds), "cannot listen");
        }

        Assert.Equal(_doubling, loop.Seconds("cannot listen"));
        squatter.Stop();
        loop.AssertHappensExactlyAfter(TimeSpan.FromSeconds(60), "listening on");
        loop.Connect("unlucky");
        loop.TurnUntil(1, Started);
    }

    [Fact]
    public void Whoever_is_turned_away_with_words_may_speak_for_a_second_before_the_socket_is_closed()
    {
        using var loop = new SteppedLoop(Shell("sleep 60") with
        {
            Limits = new ServiceLimits { MaxConnections = new Limit(1, null), Overflow = Overflow.Message, BannerRefused = "full\r\n" },
        });
        loop.Connect();
        loop.TurnUntil(1, Started);
        var second = loop.Connect();
        loop.TurnUntil(1, "refused");
        Assert.Equal("full\r\n", Hear(loop, second));
        Assert.Equal("", Hear(loop, second));

        loop.Clock.Advance(TimeSpan.FromMilliseconds(999));
        loop.Turn();
        second.Send("x"u8);
        Assert.True(IsOpen(second));
        loop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        loop.Turn();

        Assert.False(IsOpen(second));
    }

    [Fact]
    public void A_connection_leaves_no_garbage_to_speak_of()
    {
        using var loop = new SteppedLoop(Some.Service with { Limits = new ServiceLimits { MaxPerSource = new Limit(500, null) } });
        loop.BeQuiet();
        Serve(loop, 50);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Serve(loop, 200);

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 200;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes for each connection");
        Assert.InRange(each, 0, 8_000);
    }

    private static ServiceDefinition Shell(string script) =>
        Some.Service with { Program = "/bin/sh", Arguments = ["sh", "-c", script] };

    private static ServiceDefinition Pool(int workers, string script) => Shell(script) with
    {
        Mode = ServiceMode.Pool,
        StandardError = StandardError.Null,
        Limits = new ServiceLimits { MaxConnections = new Limit(10_000, null) },
        Pool = new PoolSettings { Workers = workers, MaxConcurrent = 10_000 },
    };

    private static ServiceDefinition Datagrams(string program) => Some.Service with
    {
        Program = program,
        Mode = ServiceMode.Wait,
        Listen = [Some.Endpoint with { Transport = Transport.Udp }],
    };

    private static void Send(SteppedLoop loop)
    {
        using var client = new UdpClient();
        client.Send("hello"u8, loop.Address());
    }

    private static string Hear(SteppedLoop loop, Socket client)
    {
        loop.TurnUntil(() => client.Poll(0, SelectMode.SelectRead), "word from the server");
        var bytes = new byte[100];
        return Encoding.ASCII.GetString(bytes, 0, client.Receive(bytes));
    }

    // Bytes that come to a closed socket are answered by a reset, which the next look finds.
    private static bool IsOpen(Socket client)
    {
        try
        {
            client.Send("x"u8);
            return !client.Poll(0, SelectMode.SelectError);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Serve(SteppedLoop loop, int clients)
    {
        for (var client = 0; client < clients; client++)
        {
            var socket = loop.Connect();
            Hear(loop, socket);
            socket.Close();
        }
    }
}
