using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>The keys that are options of sockets; what they refuse stands in Broken/, too.</summary>
public sealed class SocketSettingsTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var service = Read("""
            listen = "tcp:23"
            nodelay = true
            keepalive = { idle = "2h", interval = "75s", count = 9 }
            send_buffer = "64KiB"
            receive_buffer = 4096
            defer_accept = "30s"
            freebind = true
            transparent = true
            mark = 4294967295
            tos = 255
            ttl = 1
            congestion = "bbr"
            """);

        Assert.Equal(
            new SocketSettings
            {
                NoDelay = true,
                KeepAlive = new(IsOn: true, TimeSpan.FromHours(2), TimeSpan.FromSeconds(75), 9),
                SendBuffer = 65_536,
                ReceiveBuffer = 4096,
                DeferAccept = TimeSpan.FromSeconds(30),
                FreeBind = true,
                Transparent = true,
                Mark = uint.MaxValue,
                Tos = 255,
                Ttl = 1,
                Congestion = "bbr",
            },
            service.Sockets);
    }

    [Fact]
    public void Users_and_groups_of_socket_files_are_looked_up() =>
        Assert.Equal(
            new SocketSettings { Owner = 200, Group = 4, Mode = 0b110_110_000 },
            Read("listen = \"unix:/run/x.sock\"\nsocket_user = \"git\"\nsocket_group = 4\nsocket_mode = \"660\"").Sockets);

    [Fact]
    public void What_only_a_new_socket_can_have_belongs_to_the_endpoint()
    {
        var service = Read("listen = \"tcp6:23\"\nmptcp = true\nv6only = false\nreuse_port = true\ndevice = \"eth0\"");

        var endpoint = Assert.Single(service.Listen);
        Assert.True(endpoint is { IsMultipath: true, IsDualStack: true, SharesPort: true, Device: "eth0" });
    }

    [Theory]
    [InlineData("mptcp = true")]
    [InlineData("v6only = false")]
    [InlineData("reuse_port = true")]
    [InlineData("device = \"eth0\"")]
    public void A_change_of_those_opens_another_socket(string key)
    {
        var changes = Changes("listen = \"tcp6:23\"", $"listen = \"tcp6:23\"\n{key}");

        Assert.Single(changes.Rebound);
        Assert.Empty(changes.Amended);
    }

    [Theory]
    [InlineData("nodelay = true")]
    [InlineData("keepalive = false")]
    [InlineData("receive_buffer = 65536")]
    [InlineData("ttl = 3")]
    [InlineData("freebind = true")]
    public void A_change_of_anything_else_leaves_the_socket_open(string key)
    {
        var changes = Changes("listen = \"tcp6:23\"", $"listen = \"tcp6:23\"\n{key}");

        Assert.Empty(changes.Rebound);
        Assert.Single(changes.Amended);
    }

    [Fact]
    public void Defaults_may_speak_of_sockets_that_a_service_does_not_have()
    {
        var configuration = SomeMachine.Root.Read("""
            [defaults]
            nodelay = true
            v6only = false
            mptcp = true
            device = "eth0"
            socket_mode = "600"
            keepalive = { idle = "1m" }

            [service.one]
            exec = ["/bin/cat"]
            listen = "unix:/run/x.sock"

            [service.two]
            exec = ["/bin/cat"]
            listen = "tcp:23"
            """);

        Assert.Equal(TimeSpan.FromMinutes(1), configuration.Services[1].Sockets.KeepAlive.Idle);
        Assert.All(configuration.Services[1].Listen, endpoint => Assert.False(endpoint.IsDualStack));
    }

    [Fact]
    public void One_socket_for_both_families_excludes_one_for_either() =>
        Assert.Equal(
            ["8:10: 'tcp4:23' cannot be opened beside 'tcp6:23' of service 'one' (superserver.toml:3:10)"],
            SomeMachine.Root.Problems("""
                [service.one]
                exec = ["/bin/cat"]
                listen = "tcp6:23"
                v6only = false

                [service.two]
                exec = ["/bin/cat"]
                listen = "tcp4:23"
                """));

    [Fact]
    public void Two_services_can_have_the_same_port_on_different_devices() =>
        Assert.Empty(SomeMachine.Root.Problems("""
            [service.one]
            exec = ["/bin/cat"]
            listen = "tcp:23"
            device = "eth0"

            [service.two]
            exec = ["/bin/cat"]
            listen = "tcp:23"
            device = "eth1"
            """));

    [Theory]
    [InlineData("1", 1024)]
    [InlineData("\"1MiB\"", 1_048_576)]
    [InlineData("\"4096B\"", 4096)]
    [InlineData("\"1GiB\"", 1 << 30)]
    public void Sizes(string text, int bytes)
    {
        if (text == "1")
        {
            Assert.Equal(
                ["4:15: 'send_buffer' must be from \"1KiB\" to \"1GiB\", not the number 1"],
                SomeMachine.Root.Problems(Text($"listen = \"tcp:23\"\nsend_buffer = {text}")));
            return;
        }

        Assert.Equal(bytes, Read($"listen = \"tcp:23\"\nsend_buffer = {text}").Sockets.SendBuffer);
    }

    [Fact]
    public void A_FIFO_has_nobody_to_speak_to_so_its_readers_errors_are_logged() =>
        Assert.Equal(StandardError.Log, Read("listen = \"fifo:/run/x.fifo\"").StandardError);

    private static ServiceDefinition Read(string keys) => SomeMachine.Root.ReadService(Text(keys));

    private static ConfigurationChanges Changes(string before, string after) =>
        ConfigurationChanges.Between(SomeMachine.Root.Read(Text(before)), SomeMachine.Root.Read(Text(after)));

    private static string Text(string keys) => $"[service.some]\nexec = [\"/bin/cat\"]\n{keys}\n";
}
