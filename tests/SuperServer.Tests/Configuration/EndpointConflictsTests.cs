namespace SuperServer.Tests.Configuration;

/// <summary>Sockets that cannot be open together.</summary>
public sealed class EndpointConflictsTests
{
    [Theory]
    [InlineData("tcp:23", "tcp:23")]
    [InlineData("tcp:23", "tcp4:23")]
    [InlineData("tcp:23", "tcp6:23")]
    [InlineData("tcp:23", "tcp:127.0.0.1:23")]
    [InlineData("tcp:127.0.0.1:23", "tcp4:23")]
    [InlineData("tcp:127.0.0.1:23", "tcp:127.0.0.1:23")]
    [InlineData("tcp:[::1]:23", "tcp:[0::1]:23")]
    [InlineData("tcp:[::1]:23", "tcp6:23")]
    [InlineData("udp:69", "udp:tftp")]
    [InlineData("unix:/run/a", "unix-dgram:/run/a")]
    [InlineData("unix:@a", "unix:@a")]
    [InlineData("unix:/run/a", "fifo:/run/a")]
    [InlineData("vsock:7", "vsock:3:7")]
    [InlineData("vsock:3:7", "vsock:3:7")]
    [InlineData("fd:web", "fd:web:1")]
    public void These_exclude_each_other(string one, string other) =>
        Assert.Equal(
            [$"7:10: '{other}' cannot be opened beside '{one}' of service 'one' (superserver.toml:3:10)"],
            SomeMachine.Root.Problems(Two(one, other)));

    [Theory]
    [InlineData("tcp:23", "udp:23")]
    [InlineData("tcp4:23", "tcp6:23")]
    [InlineData("tcp:23", "tcp:24")]
    [InlineData("tcp:0", "tcp:0")]
    [InlineData("tcp:127.0.0.1:23", "tcp:127.0.0.2:23")]
    [InlineData("tcp:[::1]:23", "tcp4:23")]
    [InlineData("tcp:[fe80::1%2]:23", "tcp:[fe80::1%3]:23")]
    [InlineData("unix:/run/a", "unix:/run/b")]
    [InlineData("unix:@a", "unix:/a")]
    [InlineData("unix:@a", "unix-seqpacket:@a")]
    [InlineData("vsock:2:7", "vsock:3:7")]
    [InlineData("vsock:7", "vsock:8")]
    [InlineData("vsock:7", "tcp:7")]
    [InlineData("fd:web", "fd:web:2")]
    public void These_live_side_by_side(string one, string other) => Assert.Empty(SomeMachine.Root.Problems(Two(one, other)));

    [Fact]
    public void A_specific_address_does_not_hide_an_earlier_one_from_a_wildcard_that_comes_last() =>
        Assert.Equal(
            ["3:51: 'tcp:23' cannot be opened beside 'tcp:127.0.0.1:23' of this very service (superserver.toml:3:11)"],
            SomeMachine.Root.Problems("""
                [service.one]
                exec = ["/bin/cat"]
                listen = ["tcp:127.0.0.1:23", "tcp:127.0.0.2:23", "tcp:23"]
                """));

    [Fact]
    public void The_mailers_socket_is_taken() =>
        Assert.Equal(
            ["1:1: 'unix-dgram:/run/superserver/mailer.sock' cannot be opened beside 'unix:/run/superserver/mailer.sock' of service 'mine' (superserver.toml:7:10)"],
            SomeMachine.Root.Problems("""
                [alerts]
                to = "you@example.org"
                transport = [{ kind = "maildir", path = "mail" }]

                [service.mine]
                exec = ["/bin/cat"]
                listen = "unix:/run/superserver/mailer.sock"
                """));

    private static string Two(string one, string other) => $"""
        [service.one]
        exec = ["/bin/cat"]
        listen = "{one}"

        [service.two]
        exec = ["/bin/cat"]
        listen = "{other}"
        """;
}
