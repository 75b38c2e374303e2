using System.Text;
using CsCheck;
using SuperServer.Launching;

namespace SuperServer.Tests.Launching;

public sealed class ConnectionIdTests
{
    private static readonly string[] _rests = ["", " ", "\n", " 75", "x"];

    [Fact]
    public void What_is_written_is_read_again_whatever_comes_after_it() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Int[0, 4].Select(index => _rests[index])).Sample((number, rest) =>
        {
            var id = new ConnectionId(number);

            Assert.True(ConnectionId.TryParse(Encoding.UTF8.GetBytes(id + rest), out var read, out var length));

            Assert.Equal((id, id.ToString().Length), (read, length));
        });

    [Fact]
    public void Its_bytes_and_its_text_are_the_same()
    {
        var bytes = new byte[64];

        var length = new ConnectionId(long.MaxValue).Format(bytes);

        Assert.Equal(new ConnectionId(long.MaxValue).ToString(), Encoding.ASCII.GetString(bytes, 0, length));
    }

    [Fact]
    public void Where_there_is_no_room_nothing_is_written()
    {
        var needed = new ConnectionId(123).ToString().Length;

        Assert.All(Enumerable.Range(0, needed), room => Assert.Equal(0, new ConnectionId(123).Format(new byte[room])));
        Assert.Equal(needed, new ConnectionId(123).Format(new byte[needed]));
    }

    [Fact]
    public void An_id_of_another_run_of_the_daemon_is_none() =>
        Assert.False(ConnectionId.TryParse("zzzzzz-7"u8, out _, out _));

    [Fact]
    public void Without_a_number_it_is_none() =>
        Assert.All(["", "-", "--", " -7", "-x"], rest =>
            Assert.False(ConnectionId.TryParse(Encoding.UTF8.GetBytes(ConnectionId.Run + rest), out _, out _)));

    [Fact]
    public void No_bytes_whatever_are_too_much_for_it() =>
        Gen.Byte.Array[0, 100].Sample(bytes =>
        {
            _ = ConnectionId.TryParse(bytes, out _, out _);
            _ = ConnectionId.TryParse([.. Encoding.UTF8.GetBytes(ConnectionId.Run), .. bytes], out _, out _);
        });
}
