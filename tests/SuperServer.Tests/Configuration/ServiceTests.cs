using System.Net;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>What [service.NAME] means when nothing is wrong with it.</summary>
public sealed class ServiceTests
{
    [Fact]
    public void A_service_needs_only_a_name_that_is_a_port_and_a_program()
    {
        var service = SomeMachine.Root.ReadService("""
            [service.telnet]
            exec = ["/bin/cat"]
            """);

        Assert.Equal(
            new ServiceDefinition
            {
                Name = "telnet",
                Listen =
                [
                    new Endpoint { Transport = Transport.Tcp, Address = new IPEndPoint(IPAddress.Any, 23) },
                    new Endpoint { Transport = Transport.Tcp, Address = new IPEndPoint(IPAddress.IPv6Any, 23) },
                ],
                Mode = ServiceMode.Nowait,
                Program = "/bin/cat",
                Arguments = ["cat"],
                Identity = new Identity
                {
                    User = "nobody",
                    Group = "nogroup",
                    Uid = 65534,
                    Gid = 65534,
                    SupplementaryGroups = [65534],
                    IsSwitched = true,
                },
                Environment = [],
                WorkingDirectory = "/",
                Umask = Convert.ToInt32("022", 8),
                StandardError = StandardError.Socket,
                Backlog = 4096,
                Limits = new ServiceLimits { MaxConnections = new Limit(256, null), Overflow = Overflow.Queue },
                NoNewPrivileges = false,
                RunsUntilDone = false,
            },
            service);
    }

    [Fact]
    public void Names_of_sockets_stand_for_every_socket_that_their_endpoint_opens()
    {
        var service = SomeMachine.Root.ReadService("""
            [service.web]
            listen = ["tcp:80", "tcp4:443"]
            mode = "wait"
            exec = ["/bin/cat"]
            listen_fds = true
            listen_names = ["http", "https"]
            """);

        Assert.True(service.ListenFds);
        Assert.Equal(["http", "http", "https"], service.ListenNames);
    }

    [Theory]
    [InlineData("nowait", true)]
    [InlineData("wait", false)]
    public void A_datagram_service_hands_over_its_socket_only_with_nowait(string mode, bool handsOver) =>
        Assert.Equal(handsOver, SomeMachine.Root.ReadService($"""
            [service.tftp]
            listen = "udp:69"
            mode = "{mode}"
            exec = ["/bin/cat"]
            """).HandsOver);

    [Fact]
    public void Every_key_of_a_program_arrives()
    {
        var service = SomeMachine.Root.ReadService("""
            [service.telnet]
            listen = "tcp:127.0.0.1:2323"
            mode = "wait"
            exec = ["/usr/bin/git", "daemon", ""]
            argv0 = "-git"
            user = "git"
            group = "adm"
            groups = ["repositories", 4, "4"]
            env = { LANG = "C", EMPTY = "" }
            cwd = "/srv"
            umask = "077"
            stderr = "null"
            backlog = 1
            max_connections = 7
            overflow = "reset"
            no_new_privs = true
            """);

        Assert.Equal(
            new ServiceDefinition
            {
                Name = "telnet",
                Listen = [new Endpoint { Transport = Transport.Tcp, Address = new IPEndPoint(IPAddress.Loopback, 2323) }],
                Mode = ServiceMode.Wait,
                Program = "/usr/bin/git",
                Arguments = ["-git", "daemon", ""],
                Identity = new Identity
                {
                    User = "git",
                    Group = "adm",
                    Uid = 200,
                    Gid = 4,
                    SupplementaryGroups = [2000, 4],
                    IsSwitched = true,
                },
                Environment = [new("LANG", "C"), new("EMPTY", "")],
                WorkingDirectory = "/srv",
                Umask = Convert.ToInt32("077", 8),
                StandardError = StandardError.Null,
                Backlog = 1,
                Limits = new ServiceLimits { MaxConnections = new Limit(7, "superserver.toml:14"), Overflow = Overflow.Reset },
                NoNewPrivileges = true,
            },
            service);
    }

    [Theory]
    [InlineData("udp:tftp", "Wait")]
    [InlineData("unix-dgram:/run/x.sock", "Wait")]
    [InlineData("unix:/run/x.sock", "Nowait")]
    [InlineData("tcp:7", "Nowait")]
    public void Datagrams_are_for_a_server_that_is_waited_for(string listen, string mode)
    {
        var service = SomeMachine.Root.ReadService($"""
            [service.some]
            listen = "{listen}"
            exec = ["/bin/cat"]
            """);

        Assert.Equal(mode, service.Mode.ToString());
    }

    [Fact]
    public void A_handler_talks_to_the_log_and_gains_no_privileges()
    {
        var service = SomeMachine.Root.ReadService("""
            [service.echo]
            handler = "echo"
            """);

        Assert.Equal("/usr/lib/superserver/superserver-handlers", service.Program);
        Assert.Equal(["superserver-handlers", "echo"], service.Arguments);
        Assert.Equal(StandardError.Log, service.StandardError);
        Assert.True(service.NoNewPrivileges);
    }

    [Fact]
    public void An_installed_handler_is_its_own_program()
    {
        var service = SomeMachine.Root.ReadService("""
            [service.telnet]
            handler = "hello"
            stderr = "socket"
            no_new_privs = false
            """);

        Assert.Equal("/usr/lib/superserver/hello", service.Program);
        Assert.Equal(["hello"], service.Arguments);
        Assert.Equal(StandardError.Socket, service.StandardError);
        Assert.False(service.NoNewPrivileges);
    }

    [Theory]
    [InlineData("superserver-mailer")]
    [InlineData("superserver-handlers")]
    [InlineData("superserver")]
    [InlineData("../superserver/hello")]
    public void Not_everything_beside_the_handlers_is_one(string name) =>
        Assert.NotEmpty(SomeMachine.Root.Problems($"""
            [service.telnet]
            handler = "{name}"
            """));

    [Fact]
    public void Options_reach_a_handler_as_json()
    {
        var service = SomeMachine.Root.ReadService("""
            [service.telnet]
            handler = "hello"

            [service.telnet.options]
            greeting = "Grüß \"Gott\"\u0000"
            times = 3
            ratio = 0.5
            loud = false
            since = 2026-11-23
            to = ["a", ["b"], []]
            deep.er = { and = "deeper" }
            """);

        Assert.Equal(
            [new("SUPERSERVER_OPTIONS", """{"greeting":"Gr\u00FC\u00DF \u0022Gott\u0022\u0000","times":3,"ratio":0.5,"loud":false,"since":"2026-11-23","to":["a",["b"],[]],"deep":{"er":{"and":"deeper"}}}""")],
            service.Environment);
    }

    [Fact]
    public void Options_are_no_deeper_than_sense_allows()
    {
        var nested = string.Concat(Enumerable.Repeat("{ a = ", 40)) + "1" + string.Concat(Enumerable.Repeat(" }", 40));
        var key = string.Join('.', Enumerable.Repeat("a", 30));

        Assert.Equal(
            ["3:11: options are nested deeper than 64"],
            SomeMachine.Root.Problems($"[service.telnet]\nhandler = \"hello\"\noptions = {{ {key} = {nested} }}\n"));
    }

    [Fact]
    public void Options_fit_into_a_variable() =>
        Assert.Equal(
            ["3:11: the options are longer than 65536 bytes"],
            SomeMachine.Root.Problems($"[service.telnet]\nhandler = \"hello\"\noptions = {{ a = \"{new string('x', 65_536)}\" }}\n"));

    [Fact]
    public void A_text_that_no_program_could_be_given_is_refused() =>
        Assert.Equal(
            ["2:21: 'exec' is longer than 65536 bytes"],
            SomeMachine.Root.Problems($"[service.telnet]\nexec = [\"/bin/cat\", \"{new string('x', 65_537)}\"]\n"));

    [Fact]
    public void Services_keep_the_order_of_the_file_and_the_sleeping_ones_stand_aside()
    {
        var configuration = SomeMachine.Root.Read("""
            [service.time]
            exec = ["/bin/cat"]

            [service.echo]
            exec = ["/bin/cat"]
            enabled = false

            [service.daytime]
            exec = ["/bin/cat"]
            """);

        Assert.Equal(["time", "daytime"], configuration.Services.Select(service => service.Name));
        Assert.Equal(["echo"], configuration.Disabled.Select(service => service.Name));
    }

    [Fact]
    public void A_sleeping_service_may_keep_the_port_of_another() =>
        Assert.Empty(SomeMachine.Root.Problems("""
            [service.telnet]
            exec = ["/bin/cat"]

            [service.other]
            listen = "tcp:23"
            enabled = false
            exec = ["/bin/cat"]
            """));

    [Fact]
    public void A_sleeping_service_may_wait_for_its_program_user_and_group_to_be_installed() =>
        Assert.Equal("/usr/sbin/tftpd", Assert.Single(SomeMachine.Root.Read("""
            [service.tftp]
            listen = "udp:tftp"
            enabled = false
            exec = ["/usr/sbin/tftpd"]
            user = "tftp:tftp"
            """).Disabled).Program);

    [Fact]
    public void What_is_wrong_in_itself_is_wrong_asleep_too() =>
        Assert.Equal(
            ["3:9: program 'tftpd' must be an absolute path", "4:1: service 'telnet' has no setting 'usr' (did you mean 'user'?)"],
            SomeMachine.Root.Problems("""
                [service.telnet]
                enabled = false
                exec = ["tftpd"]
                usr = "tftp"
                """));

    [Fact]
    public void A_program_that_cannot_be_looked_at_may_be_there_for_its_user()
    {
        var host = SomeMachine.Root with { Look = _ => new FileFacts(FileKind.Hidden) };

        Assert.Empty(host.Problems("""
            [service.telnet]
            exec = ["/home/git/bin/server"]
            """));
    }

    [Fact]
    public void A_program_named_without_its_path_is_looked_for_where_programs_are() =>
        Assert.Equal(
            ["2:9: program 'git' must be an absolute path (did you mean '/usr/bin/git'?)"],
            SomeMachine.Root.Problems("""
                [service.telnet]
                exec = ["git", "daemon"]
                """));
}
