using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.BuiltIn.Notelnet;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Notelnet;

public sealed class TarpitTests
{
    [Fact]
    public void Every_line_is_short_printable_and_no_greeting()
    {
        Span<byte> room = stackalloc byte[Tarpit.MaxLine];
        for (var i = 0; i < 10_000; i++)
        {
            var line = Encoding.ASCII.GetString(Tarpit.Line(room));

            Assert.InRange(line.Length, 3, 32);
            Assert.EndsWith("\r\n", line, StringComparison.Ordinal);
            Assert.All(line[..^2], letter => Assert.InRange(letter, ' ', '~'));
            Assert.False(line.StartsWith("SSH-", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_line_comes_at_once_and_then_every_ten_seconds()
    {
        using var pit = new Pit(TimeSpan.FromHours(1));

        pit.Tarpit.Begin(now: 1000);
        var first = pit.Lines();
        pit.Tarpit.Step(now: 10_999);
        var tooEarly = pit.Lines();
        pit.Tarpit.Step(now: 11_000);

        Assert.Equal((1, 0, 1), (first, tooEarly, pit.Lines()));
        Assert.Equal(21_000, pit.Tarpit.WakesAt);
        Assert.False(pit.Tarpit.IsOver);
    }

    [Fact]
    public void When_its_time_is_over_the_client_may_go()
    {
        using var pit = new Pit(TimeSpan.FromSeconds(15));

        pit.Tarpit.Begin(now: 0);
        pit.Tarpit.Step(now: 10_000);
        var end = pit.Tarpit.WakesAt;
        pit.Tarpit.Step(now: 15_000);

        Assert.Equal(15_000, end);
        Assert.Equal((true, "timeout"), (pit.Tarpit.IsOver, pit.Tarpit.Why));
    }

    [Fact]
    public void A_client_that_has_had_enough_is_let_go()
    {
        using var pit = new Pit(TimeSpan.FromHours(1));
        pit.Tarpit.Begin(now: 0);
        pit.Client.Send("bye"u8);
        pit.Client.Shutdown(SocketShutdown.Send);

        pit.Tarpit.Step(now: 1);

        Assert.Equal((true, "peer-closed", 3L), (pit.Tarpit.IsOver, pit.Tarpit.Why, pit.Tarpit.BytesIn));
        Assert.Equal("bye", Encoding.ASCII.GetString(pit.Tarpit.First.Span));
    }

    [Fact]
    public void One_that_talks_and_talks_is_listened_to_only_when_a_line_is_due()
    {
        using var pit = new Pit(TimeSpan.FromHours(1));
        pit.Tarpit.Begin(now: 0);
        var before = pit.Tarpit.Awaits;
        pit.Client.Send(new byte[1000]);

        pit.Tarpit.Step(now: 1);

        Assert.Equal((Libc.POLLIN, (short)0), (before, pit.Tarpit.Awaits));
        Assert.False(pit.Tarpit.IsOver);
    }

    [Fact]
    public void There_is_room_for_so_many_and_for_so_many_of_one_source()
    {
        var room = new TarpitRoom(new TarpitLimits(Clients: 3, PerSource: 2, TimeSpan.FromHours(1)));
        var (one, other) = (IPAddress.Parse("203.0.113.7"), IPAddress.Parse("203.0.113.8"));

        Assert.True(room.TryEnter(one) && room.TryEnter(one));
        Assert.False(room.TryEnter(one));
        Assert.True(room.TryEnter(null));
        Assert.False(room.TryEnter(other));
        room.Leave(one);
        Assert.True(room.TryEnter(other));
        Assert.False(room.TryEnter(one));
    }

    [Fact]
    public void A_full_tarpit_leaves_descriptors_for_those_who_are_to_be_recorded() =>
        Assert.Equal(500, new TarpitLimits(4096, 4, TimeSpan.FromHours(1)).Within(descriptors: 1000).Clients);

    private sealed class Pit : IDisposable
    {
        private readonly Socket _accepted;

        public Pit(TimeSpan time)
        {
            (Client, _accepted) = Sockets.Pair();
            Tarpit = new Tarpit((int)_accepted.Handle, capture: 256, time);
        }

        public Socket Client { get; }

        public Tarpit Tarpit { get; }

        /// <summary>How many lines the client has got since it was asked last.</summary>
        public int Lines()
        {
            if (!Client.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead))
            {
                return 0;
            }

            var bytes = new byte[1000];
            return bytes.AsSpan(0, Client.Receive(bytes)).Count((byte)'\n');
        }

        public void Dispose()
        {
            Client.Dispose();
            _accepted.Dispose();
        }
    }
}
