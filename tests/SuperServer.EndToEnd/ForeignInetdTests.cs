using System.Text.Json;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>notelnet under the inetds that others have: it is one program on descriptor 0.</summary>
public sealed class ForeignInetdTests : IDisposable
{
    private readonly PrivateFolder _folder = PrivateFolder.For(Machine.IsRoot ? Who.Root : Who.OrdinaryUser);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("xinetd", "nowait", "getpeername")]
    [InlineData("xinetd", "wait", "accept")]
    [InlineData("openbsd-inetd", "nowait", "getpeername")]
    [InlineData("openbsd-inetd", "wait", "accept")]
    [InlineData("systemd", "nowait", "getpeername")]
    public async Task A_client_is_recorded_and_told_under(string name, string mode, string peer)
    {
        using var inetd = await Start(name, mode);

        using var client = await Client.Connect(inetd.Service);
        var notice = await client.ReceiveAll();

        var touch = Assert.Single(inetd.Spool.Touches);
        Assert.StartsWith("Telnet is not offered on this host.\r\n", notice, StringComparison.Ordinal);
        Assert.Contains(touch.GetProperty("ref").GetString()!, notice, StringComparison.Ordinal);
        Assert.Equal(client.Local, Assert.Single(inetd.Spool.Visitors));
        Assert.Equal(peer, touch.GetProperty("peer").GetString());
        Assert.Equal(inetd.Service.Port, touch.GetProperty("dst").GetProperty("port").GetInt32());
    }

    [Theory]
    [InlineData("xinetd", "nowait", "REMOTE_HOST")]
    [InlineData("xinetd", "wait", "accept")]
    [InlineData("openbsd-inetd", "wait", "accept")]
    public async Task A_probe_that_resets_at_once_is_recorded_with_its_address_under(string name, string mode, string peer)
    {
        using var inetd = await Start(name, mode);
        for (var i = 0; i < 20; i++)
        {
            await Client.ConnectAndReset(inetd.Service);
        }

        await Eventually.Holds(() => inetd.Spool.Touches.Count == 20, "20th record");

        Assert.All(inetd.Spool.Touches, touch => Assert.Equal("127.0.0.1", Source(touch).GetString()));
        Assert.Contains(inetd.Spool.Touches, touch => touch.GetProperty("peer").GetString() == peer);
    }

    [Fact]
    public async Task Where_the_inetd_knows_no_address_the_touch_still_counts()
    {
        using var inetd = await Start("systemd", "nowait");

        await Client.ConnectAndReset(inetd.Service);
        await Eventually.Holds(() => inetd.Spool.Touches.Count == 1, "record");

        var touch = inetd.Spool.Touches[0];
        Assert.Equal(touch.GetProperty("peer").GetString() == "lost" ? null : "127.0.0.1", Source(touch).GetString());
    }

    [Fact]
    public async Task Without_a_spool_the_log_says_how_to_name_one()
    {
        using var inetd = await ForeignInetd.Systemd(_folder, lane: false);

        Assert.Empty(await Client.Ask(inetd.Service, "hello"));

        await Eventually.Holds(() => inetd.Said.Contains("the record: {", StringComparison.Ordinal), "complaint");
        Assert.Contains("SUPERSERVER_SPOOL is not set", inetd.Said, StringComparison.Ordinal);
        Assert.Contains("Environment=SUPERSERVER_SPOOL=/folder", inetd.Said, StringComparison.Ordinal);
    }

    private Task<ForeignInetd> Start(string name, string mode) => name switch
    {
        "xinetd" => ForeignInetd.Xinetd(_folder, mode),
        "openbsd-inetd" => ForeignInetd.OpenBsdInetd(_folder, mode),
        _ => ForeignInetd.Systemd(_folder),
    };

    private static JsonElement Source(JsonElement touch) => touch.GetProperty("src").GetProperty("ip");
}
