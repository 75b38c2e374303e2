using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Tests.Configuration;

namespace SuperServer.Tests.Admitting;

public sealed class DoorkeeperTests
{
    private static readonly DateTime _noon = new(2026, 11, 23, 12, 0, 0);
    private static readonly Peer _client = Peer.Internet(new SocketName(InternetAddress.FromV4(0xc0000207), 4711));

    [Theory]
    [InlineData("allow = \"192.0.2.0/24\"", null)]
    [InlineData("allow = \"10.0.0.0/8\"", "limit=allow rule=none set-at=superserver.toml:3")]
    [InlineData("access_times = \"13:00-14:00\"", "limit=access_times opens=2026-11-23T13:00 set-at=superserver.toml:3")]
    [InlineData("access_times = \"13:00-14:00\"\nallow = \"host.example.org\"", "limit=access_times opens=2026-11-23T13:00 set-at=superserver.toml:3")]
    public void A_refusal_names_the_rule_and_its_line(string keys, string? refusal)
    {
        Assert.Equal(refusal, Doorkeeper.Consider(Read(keys), _client, _noon, NameAnswer.NotAsked, out var needsName)?.ToString());
        Assert.False(needsName);
    }

    [Fact]
    public void Whoever_has_to_be_known_by_name_is_neither_refused_nor_let_in()
    {
        Assert.Null(Doorkeeper.Consider(Read("allow = \"host.example.org\""), _client, _noon, NameAnswer.NotAsked, out var needsName));
        Assert.True(needsName);

        Assert.NotNull(Doorkeeper.Consider(Read("allow = \"host.example.org\""), _client, _noon, NameAnswer.Nobody, out needsName));
        Assert.False(needsName);
    }

    private static AccessRules Read(string keys) =>
        SomeMachine.Root.ReadService($"[service.telnet]\nexec = [\"/bin/cat\"]\n{keys}").Access;
}
