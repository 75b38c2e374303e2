using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd.Conformance;

/// <summary>
/// Fifteen things that whoever has known an inetd relies on. The lines that other classes prove already carry the same trait
/// there; <see cref="CompletenessTests"/> sees to it that none is without a test.
/// </summary>
public sealed class BehaviourTests
{
    private const string Nobody = "limit=deny rule=127.1.0.0/16";

    private const string Cat = """
        [service.cat]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/cat"]

        """;

    private const string Greeter = """
        [service.greeter]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/echo", "served"]
        rate = { rate = "60/min", burst = 3 }

        """;

    [Theory]
    [Trait("Conformance", "behaviour 1")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_can_ask_each_of_its_descriptors_who_the_client_is(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.asker]
            listen = "tcp:127.0.0.1:0"
            exec = ["/usr/bin/perl", "-MSocket", "-e", '''
                for (0..2) {
                    open(my $s, "+<&=", $_);
                    my ($port, $address) = sockaddr_in(getpeername($s));
                    print inet_ntoa($address), ":$port\n";
                }
                ''']
            """);
        using var client = await Client.Connect(daemon.Address("asker"));

        Assert.Equal(string.Concat(Enumerable.Repeat($"{client.Local}\n", 3)), await client.ReceiveAll());
    }

    [Theory]
    [Trait("Conformance", "behaviour 3")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Who_comes_while_a_stream_server_lives_waits_in_its_backlog_for_the_next_one(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.acceptor]
            listen = "tcp:127.0.0.1:0"
            mode = "wait"
            exec = ["/usr/bin/perl", "-e", '''
                accept(my $client, STDIN) or die;
                syswrite($client, sprintf("%010d", $$));
                sysread($client, my $end, 1);
                ''']
            """);
        using var first = await Client.Connect(daemon.Address("acceptor"));
        var servers = new List<string> { await first.Receive(10) };
        using var second = await Client.Connect(daemon.Address("acceptor"));
        using var third = await Client.Connect(daemon.Address("acceptor"));

        await daemon.IdlesFor(TimeSpan.FromMilliseconds(500));
        Assert.Single(daemon.Log.All(Said.StartedOn));
        await first.Send("x");
        servers.Add(await second.Receive(10));
        await second.Send("x");
        servers.Add(await third.Receive(10));

        await daemon.Log.WaitForCount(3, Said.StartedOn);
        Assert.Equal(daemon.Log.All(Said.StartedOn).Select(line => line.Pid), servers.Select(pid => int.Parse(pid, null)));
    }

    [Theory]
    [Trait("Conformance", "behaviour 5")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_wait_server_that_cannot_be_started_costs_one_datagram_each_time_and_the_rest_is_answered_later(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var program = folder.WriteProgram("program", """
            #!/usr/bin/perl
            open(S, '+<&=', 0);
            my $from = recv(S, my $text, 100, 0);
            send(S, $text, 0, $from);
            """);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.fragile]
            listen = "udp:127.0.0.1:0"
            exec = ["{program}"]
            """);
        File.Move(program, program + ".away");
        using var client = new DatagramClient(daemon.Address("fragile", "udp"));
        for (var i = 0; i < 5; i++)
        {
            client.Send(i.ToString(CultureInfo.InvariantCulture));
        }

        await daemon.Log.WaitFor(Said.CouldNotBeStarted, "fragile");
        File.Move(program + ".away", program);
        var answered = await client.Receive();

        await daemon.Log.WaitFor(Said.StartedOn, "fragile");
        var failures = daemon.Log.All(Said.CouldNotBeStarted).Count;
        Assert.Equal(failures.ToString(CultureInfo.InvariantCulture), answered);
    }

    [Theory]
    [Trait("Conformance", "behaviour 5")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_datagram_of_somebody_who_may_not_come_in_is_taken_away_and_starts_nothing(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.peers]
            listen = "udp:127.0.0.1:0"
            mode = "nowait"
            deny = ["127.0.0.2"]
            exec = ["/usr/bin/perl", "-e", 'sysread(STDIN, my $t, 9); syswrite(STDOUT, $t)']
            """);
        var address = daemon.Address("peers", "udp");
        using var unwanted = new DatagramClient(address, IPEndPoint.Parse("127.0.0.2:0"));
        using var other = new DatagramClient(address);
        for (var i = 0; i < 5; i++)
        {
            unwanted.Send("let me in");
        }

        await daemon.Log.WaitForCount(5, Said.Refused, "peers");
        await daemon.IdlesFor(TimeSpan.FromMilliseconds(500));

        Assert.Equal(5, daemon.Log.All(Said.Refused).Count);
        Assert.Empty(daemon.Log.All(Said.StartedFor));
        Assert.Equal("hello", await other.Ask("hello"));
    }

    [Fact]
    [Trait("Conformance", "behaviour 5")]
    public async Task A_user_that_nobody_knows_is_found_in_the_file_before_any_client_comes()
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, Cat);

        await daemon.Reload(Cat + "user = \"nosuchuser\"");

        var problem = await daemon.Log.WaitFor("{Problem}");
        Assert.Contains("there is no user 'nosuchuser'", problem["Problem"], StringComparison.Ordinal);
        Assert.Equal("as before", await Client.Ask(daemon.Address("cat"), "as before"));
    }

    [Theory]
    [Trait("Conformance", "behaviour 9")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Who_comes_too_fast_is_told_so_the_log_names_the_limit_and_a_moment_later_all_are_served(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Greeter + """
            overflow = "message"
            banner_refused = "come back later\n"
            """);
        var address = daemon.Address("greeter");

        var answers = await HearAtOnce(daemon, address, 4);

        Assert.Equal(["served\n", "served\n", "served\n", "come back later\n"], answers);
        var refusal = await daemon.Log.WaitFor(Said.Refused, "greeter");
        Assert.Equal($"limit=rate max=60/min burst=3 set-at={daemon.Folder.At("superserver.toml")}:4", refusal["Refusal"]);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        Assert.Equal("served\n", await Client.Hear(address));
    }

    [Theory]
    [Trait("Conformance", "behaviour 9")]
    [Trait("Conformance", "defect 7")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_pause_is_told_with_service_limit_and_time_and_it_ends_by_itself_and_again(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Greeter.Replace("60/min", "120/min", StringComparison.Ordinal));
        var address = daemon.Address("greeter");

        for (var round = 0; round < 2; round++)
        {
            Assert.All(await HearAtOnce(daemon, address, 5), answer => Assert.Equal("served\n", answer));
        }

        var states = daemon.Log.All(Said.IsInState, "greeter");
        var pause = states.First(line => line["State"] == "paused");
        Assert.Contains("limit=rate max=120/min burst=3 set-at=", pause["Why"], StringComparison.Ordinal);
        Assert.Matches(@"^, tried again in [0-9.]+ s$", pause["Until"]);
        await Eventually.Holds(() => daemon.Log.All(Said.IsInState, "greeter")[^1]["State"] == "online", "online");
        Assert.Empty(daemon.Log.All(Said.Refused));
    }

    [Theory]
    [Trait("Conformance", "behaviour 10")]
    [InlineData("max_per_source = 2")]
    [InlineData("rate_per_source = { rate = '30/min', burst = 2 }")]
    public async Task What_one_source_has_too_much_of_is_refused_to_that_source_alone_and_for_a_while(string limit)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Cat + limit);
        var address = daemon.Address("cat");

        var clients = await daemon.InOneMoment(() => Client.ConnectMany(3, address, "127.0.0.2"));
        Assert.Empty(await clients[2].ReceiveAll());
        using var other = await Client.Connect(address, "127.0.0.3");
        await other.Send("other");
        Assert.Equal("other", await other.Receive(5));

        var refusal = Assert.Single(daemon.Log.All(Said.Refused));
        Assert.Equal(clients[2].Local.ToString(), refusal["Peer"]);
        Assert.StartsWith($"limit={limit.Split(' ')[0]} ", refusal["Refusal"], StringComparison.Ordinal);
        Assert.Contains(" source=127.0.0.2/32 ", refusal["Refusal"], StringComparison.Ordinal);
        clients.ForEach(client => client.Dispose());
        await ServesAgain(address, "127.0.0.2");
    }

    [Theory]
    [Trait("Conformance", "behaviour 14")]
    [InlineData("echo")]
    [InlineData("chargen")]
    [InlineData("daytime")]
    [InlineData("time")]
    public async Task What_was_sent_to_everybody_is_not_answered_nor_is_the_services_own_port(string handler)
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, $"""
            [service.wide]
            listen = "udp4:0"
            handler = "{handler}"

            [service.narrow]
            listen = "udp:127.0.0.1:0"
            handler = "{handler}"

            [service.naive]
            listen = "udp4:0"
            {DatagramServer.Exec(1, "$text")}
            """);
        var (narrow, wide) = (daemon.Address("narrow", "udp"), daemon.Address("wide", "udp").Port);

        Assert.True(await AnswersToEverybody(daemon.Address("naive", "udp").Port), "nobody heard it");
        Assert.False(await AnswersToEverybody(wide));
        using var twin = new DatagramClient(narrow, IPEndPoint.Parse($"127.0.0.9:{narrow.Port}"));
        using var good = new DatagramClient(narrow);
        twin.Send(new string('x', 100));
        await good.Ask(new string('x', 100));       // answered in order
        Assert.False(twin.HasAnswer);
    }

    [Theory]
    [Trait("Conformance", "behaviour 15")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_rule_that_fits_best_decides_whichever_list_it_stands_in_and_is_named_once(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat + """
            allow = ["127.0.0.0/8", "127.1.2.3"]
            deny = ["127.1.0.0/16", "127.1.2.0/24"]
            """);
        var address = daemon.Address("cat");

        foreach (var (client, objection) in new[]
        {
            ("127.0.0.1", null), ("127.1.0.1", Nobody), ("127.1.2.2", "limit=deny rule=127.1.2.0/24"), ("127.1.2.3", null),
        })
        {
            var before = daemon.Log.All(Said.Refused).Count;
            using var connection = await Client.Connect(address, client);
            Assert.Equal(objection is null ? "hello" : "", await AskOrBeReset(connection, "hello"));
            if (objection is not null)
            {
                await daemon.Log.WaitForCount(before + 1, Said.Refused);
                var line = daemon.Log.All(Said.Refused)[^1];
                Assert.Equal(connection.Local.ToString(), line["Peer"]);
                Assert.Equal($"{objection} set-at={daemon.Folder.At("superserver.toml")}:5", line["Refusal"]);
            }
        }

        await daemon.Log.WaitForCount(2, Said.EndedWithExit);
        Assert.Equal((2, 2), (daemon.Log.All(Said.Refused).Count, daemon.Log.All(Said.StartedFor).Count));
    }

    [Theory]
    [Trait("Conformance", "behaviour 15")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_banner_comes_before_the_program_speaks_and_who_is_turned_away_sees_the_other_one_only(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.greeter]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "program"]
            deny = ["127.0.0.2"]
            banner = "welcome\n"
            banner_refused = "go away\n"
            """);

        Assert.Equal("welcome\nprogram\n", await Client.Hear(daemon.Address("greeter")));
        Assert.Equal("go away\n", await Client.Hear(daemon.Address("greeter"), "127.0.0.2"));

        await daemon.Log.WaitFor(Said.Refused, "greeter");
        Assert.Single(daemon.Log.All(Said.StartedFor));
    }

    [Theory]
    [Trait("Conformance", "behaviour 15")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Who_touches_a_sensor_is_barred_from_all_services_for_its_time_and_nobody_else_is(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.trap]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/true"]
            sensor = "3s"

            """ + Cat + """
            [daemon]
            never_bar = []
            """);
        var (trap, cat) = (daemon.Address("trap"), daemon.Address("cat"));
        Assert.Empty(await Client.Hear(trap, "127.0.0.66"));

        Assert.Empty(await Client.Hear(cat, "127.0.0.66"));
        var refusal = await daemon.Log.WaitFor(Said.Refused, "cat");
        Assert.Matches(@"^limit=barred until=\S+ by=trap source=127\.0\.0\.66/32$", refusal["Refusal"]);
        Assert.Empty(await Client.Hear(trap, "127.0.0.66"));       // a sensor goes on hearing those who are barred
        await daemon.Log.WaitForCount(2, Said.StartedFor, "trap");
        await ServesAgain(cat, "127.0.0.67");

        await ServesAgain(cat, "127.0.0.66");
    }

    private static async Task<List<string>> HearAtOnce(RunningDaemon daemon, EndPoint address, int count)
    {
        var clients = await daemon.InOneMoment(() => Client.ConnectMany(count, address));
        var answers = new List<string>();
        foreach (var client in clients)
        {
            answers.Add(await client.ReceiveAll());
            client.Dispose();
        }

        return answers;
    }

    // For a service that says what it was told, to clients who are turned away without a word at first.
    private static async Task ServesAgain(EndPoint address, string from)
    {
        for (var deadline = Deadline.Soon; ; await Task.Delay(100, deadline))
        {
            using var client = await Client.Connect(address, from);
            if (await AskOrBeReset(client, "again") == "again")
            {
                return;
            }
        }
    }

    // To close with bytes unread is to reset: whoever is turned away while it talks may see that instead of the end.
    private static async Task<string> AskOrBeReset(Client client, string question)
    {
        try
        {
            await client.Send(question);
            client.EndSending();
            return await client.ReceiveAll();
        }
        catch (SocketException e) when (
            e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.NotConnected)
        {
            return "";
        }
    }

    // Once a plain question has been answered, nothing that was asked before can be on its way any more.
    private static async Task<bool> AnswersToEverybody(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.EnableBroadcast = true;
        await socket.SendToAsync(Encoding.ASCII.GetBytes(new string('x', 100)), IPEndPoint.Parse($"127.255.255.255:{port}"));
        using var good = new DatagramClient(new IPEndPoint(IPAddress.Loopback, port));
        await good.Ask(new string('x', 100));
        return socket.Available > 0;
    }
}
