using System.Net;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>One server for all sockets of a service, as systemd's socket activation passes them.</summary>
public sealed class ListenFdsTests
{
    /// <summary>Accepts so many clients; each is told on which socket that was, and what the environment says.</summary>
    private const string Server = """"
        exec = ["/usr/bin/perl", "-e", '''
            my $left = shift;
            my @sockets = map { open(my $s, "+<&=", 2 + $_) or die; $s } 1..$ENV{LISTEN_FDS};
            while ($left-- > 0) {
                my $ready = "";
                vec($ready, fileno($_), 1) = 1 for @sockets;
                select($ready, undef, undef, undef);
                my ($s) = grep { vec($ready, fileno($_), 1) } @sockets;
                accept(my $client, $s) or die;
                my $own = $ENV{LISTEN_PID} == $$ ? "own" : "wrong";
                syswrite($client, join(" ", $$, fileno($s), $ENV{LISTEN_FDS}, $own, $ENV{LISTEN_FDNAMES}) . "\n");
                close $client;
            }
            ''', "COUNT"]
        """";

    [Theory]
    [Trait("Conformance", "behaviour 12")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task One_server_gets_all_sockets_by_name_in_the_order_of_the_file(Who who)
    {
        await using var daemon = await Start(who, 4, 2, "listen_names = ['http', 'https']");
        var (http, https) = Addresses(daemon);

        var answers = new List<string>();
        foreach (var address in (IPEndPoint[])[http, https, http, https])
        {
            answers.Add(await Client.Hear(address));
        }

        var pid = (await daemon.Log.WaitFor(Said.StartedOn, "web")).Pid;
        Assert.Equal(
            [
                $"{pid} 3 2 own http:https\n", $"{pid} 4 2 own http:https\n",
                $"{pid} 3 2 own http:https\n", $"{pid} 4 2 own http:https\n",
            ],
            answers);
        Assert.Single(daemon.Log.All(Said.StartedOn));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task When_the_server_has_ended_every_socket_is_watched_again(Who who)
    {
        await using var daemon = await Start(who, 1, 2);
        var (one, other) = Addresses(daemon);
        foreach (var address in (IPEndPoint[])[one, other, other, one])
        {
            Assert.EndsWith(" own web:web\n", await Client.Hear(address), StringComparison.Ordinal);
        }

        await daemon.Log.WaitForCount(4, Said.StartedOn);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Many_sockets_whose_numbers_lie_where_others_have_to_go_all_arrive(Who who)
    {
        await using var daemon = await Start(who, 20, 20);
        var seen = new List<string>();
        foreach (var endpoint in daemon.Endpoints("web"))
        {
            seen.Add((await Client.Hear(IPEndPoint.Parse(endpoint))).Split(' ')[1]);
        }

        Assert.Equal(Enumerable.Range(3, 20).Select(number => $"{number}"), seen);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_server_has_its_sockets_blocking_and_no_others(Who who)
    {
        await using var daemon = await Start(who, 2, 2);
        await Client.Hear(Addresses(daemon).First);

        var server = await daemon.Child("web");

        Assert.Equal([0, 1, 2, 3, 4], server.Descriptors.Keys);
        Assert.Equal(server.Descriptors[0], server.Descriptors[3]);
        Assert.All(server.Descriptors.Keys, number => Assert.True(server.IsBlocking(number)));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_socket_that_a_reload_adds_waits_for_the_next_server(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Service(2, "\"tcp:127.0.0.1:0\""));
        var old = daemon.Address("web");
        Assert.Contains(" 3 1 own web", await Client.Hear(old), StringComparison.Ordinal);

        await daemon.Reload(Service(2, "\"tcp:127.0.0.1:0\", \"tcp:127.0.0.2:0\""));
        var late = Client.Hear(daemon.Address("web"));
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(late.IsCompleted);
        Assert.Single(daemon.Log.All(Said.StartedOn));
        Assert.Contains(" 3 1 own web", await Client.Hear(old), StringComparison.Ordinal);

        Assert.Contains(" 4 2 own web:web", await late, StringComparison.Ordinal);
    }

    private static (IPEndPoint First, IPEndPoint Second) Addresses(RunningDaemon daemon)
    {
        var endpoints = daemon.Endpoints("web");
        return (IPEndPoint.Parse(endpoints[0]), IPEndPoint.Parse(endpoints[1]));
    }

    private static Task<RunningDaemon> Start(Who who, int clients, int sockets, string more = "") => RunningDaemon.Start(
        who,
        Service(clients, string.Join(", ", Enumerable.Range(1, sockets).Select(i => $"\"tcp:127.0.0.{i}:0\""))) + "\n" + more);

    private static string Service(int clients, string listen) => $"""
        [service.web]
        listen = [{listen}]
        mode = "wait"
        listen_fds = true
        {Server.Replace("COUNT", $"{clients}", StringComparison.Ordinal)}
        """;
}
