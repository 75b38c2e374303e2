using System.Net;
using CsCheck;
using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;

namespace SuperServer.Tests.Admitting;

public sealed class BarredSourcesTests
{
    private static readonly TimeSpan _now = TimeSpan.FromDays(3);
    private static readonly TimeSpan _tenMinutes = TimeSpan.FromMinutes(10);
    private static readonly Source _source = Source.Network(0xc0000207, Source.Kind.V4, 32);

    private static readonly Gen<int> _lengths = Gen.OneOf(Gen.Int[28, 32], Gen.Int[0, 32]);

    private readonly BarredSources _bars = new();

    [Fact]
    public void A_bar_holds_for_its_time_and_not_a_tick_longer()
    {
        var bar = _bars.Add(_source, _tenMinutes, "telnet", _now);

        Assert.Equal(new Bar(_now, _now + _tenMinutes, 1, "telnet"), bar);
        Assert.Equal((_source, bar), _bars.Find(At("192.0.2.7"), _now + _tenMinutes - TimeSpan.FromTicks(1)));
        Assert.Null(_bars.Find(At("192.0.2.7"), _now + _tenMinutes));
        Assert.Null(_bars.Find(At("192.0.2.8"), _now));
    }

    [Fact]
    public void Each_offence_after_a_bar_doubles_the_next_up_to_sixty_four_times()
    {
        var now = _now;
        foreach (var times in new[] { 1, 2, 4, 8, 16, 32, 64, 64, 64 })
        {
            var bar = _bars.Add(_source, _tenMinutes, "telnet", now);
            Assert.Equal(_tenMinutes * times, bar.Until - now);
            now = bar.Until;
        }
    }

    [Fact]
    public void No_bar_grows_beyond_thirty_days_but_one_may_be_longer_from_the_start()
    {
        Assert.Equal(TimeSpan.FromDays(30), Bar.Grown(TimeSpan.FromDays(1), 6));
        Assert.Equal(TimeSpan.FromDays(16), Bar.Grown(TimeSpan.FromDays(1), 5));
        Assert.Equal(TimeSpan.FromDays(365), Bar.Grown(TimeSpan.FromDays(365), 7));
    }

    [Fact]
    public void Each_quiet_day_makes_up_for_one_strike()
    {
        var now = _now;
        for (var offence = 0; offence < 4; offence++)
        {
            now = _bars.Add(_source, _tenMinutes, "telnet", now).Until;
        }

        var almostADay = TimeSpan.FromDays(1) - TimeSpan.FromTicks(1);
        Assert.Equal(4, _bars.All()[0].Bar.StrikesLeft(now + almostADay));
        Assert.Equal(3, _bars.All()[0].Bar.StrikesLeft(now + TimeSpan.FromDays(1)));
        Assert.Equal(0, _bars.All()[0].Bar.StrikesLeft(now + TimeSpan.FromDays(400)));

        now += TimeSpan.FromDays(2);
        Assert.Equal(_tenMinutes * 4, _bars.Add(_source, _tenMinutes, "telnet", now).Until - now);
    }

    [Fact]
    public void Who_offends_while_he_is_barred_is_barred_for_longer_but_not_for_twice_as_long()
    {
        _bars.Add(_source, _tenMinutes, "telnet", _now);

        for (var minute = 1; minute < 10; minute++)
        {
            var bar = _bars.Add(_source, _tenMinutes, "telnet", _now + TimeSpan.FromMinutes(minute));
            Assert.Equal((_now + TimeSpan.FromMinutes(minute + 10), 1), (bar.Until, bar.Strikes));
        }
    }

    [Fact]
    public void A_bar_is_never_shortened()
    {
        var longer = _bars.Add(_source, TimeSpan.FromDays(2), "telnet", _now);

        Assert.Equal(longer, _bars.Add(_source, _tenMinutes, "ssh", _now + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_network_that_is_barred_bars_every_address_in_it_for_services_that_count_otherwise_too()
    {
        _bars.Add(Parsed("192.0.2.0/24"), _tenMinutes, "telnet", _now);
        _bars.Add(Parsed("2001:db8:1:2::/64"), _tenMinutes, "telnet", _now);
        _bars.Add(_source, TimeSpan.FromMinutes(1), "ssh", _now);

        Assert.Equal("192.0.2.0/24", _bars.Find(At("192.0.2.200"), _now)?.Source.ToString());
        Assert.Equal("192.0.2.0/24", _bars.Find(At("192.0.2.7"), _now)?.Source.ToString());
        Assert.Equal("2001:db8:1:2::/64", _bars.Find(At("2001:db8:1:2:3::4"), _now)?.Source.ToString());
        Assert.Null(_bars.Find(At("2001:db8:1:3::4"), _now));
        Assert.Null(_bars.Find(At("192.0.3.7"), _now));
    }

    [Fact]
    public void An_IPv4_client_of_an_IPv6_socket_is_the_same_client()
    {
        _bars.Add(_source, _tenMinutes, "telnet", _now);

        Assert.NotNull(_bars.Find(At("::ffff:192.0.2.7"), _now));
    }

    [Fact]
    public void To_lift_a_network_frees_whoever_has_to_do_with_it()
    {
        foreach (var text in new[] { "192.0.2.0/24", "192.0.2.7", "192.0.3.7", "2001:db8::/64", "uid=7" })
        {
            _bars.Add(Parsed(text), _tenMinutes, "telnet", _now);
        }

        Assert.Equal(2, _bars.Lift(Parsed("192.0.2.7")));
        Assert.Equal(0, _bars.Lift(Parsed("192.0.2.7")));
        Assert.Null(_bars.Find(At("192.0.2.7"), _now));
        Assert.Equal(1, _bars.Lift(Parsed("::/0")));
        Assert.Equal(["192.0.3.7/32", "uid=7"], _bars.All().Select(entry => entry.Source.ToString()).Order());
        Assert.Equal(1, _bars.Lift(Source.User(7)));
    }

    [Fact]
    public void Of_more_than_it_can_remember_those_go_that_may_come_again_first()
    {
        var bars = new BarredSources(most: 3);
        for (uint host = 1; host <= 10; host++)
        {
            bars.Add(Source.Network(host, Source.Kind.V4, 32), TimeSpan.FromMinutes(host == 1 ? 1_000 : host), "telnet", _now);
        }

        Assert.Equal(["0.0.0.1/32", "0.0.0.10/32", "0.0.0.9/32"], bars.All().Select(entry => entry.Source.ToString()));
        Assert.NotNull(bars.Find(At("0.0.0.10"), _now));
        Assert.Null(bars.Find(At("0.0.0.8"), _now));
    }

    [Fact]
    public void Who_has_made_up_for_everything_is_forgotten_as_others_come()
    {
        _bars.Add(_source, _tenMinutes, "telnet", _now);

        _bars.Add(Parsed("192.0.2.8"), _tenMinutes, "telnet", _now + TimeSpan.FromDays(2));

        Assert.Equal(1, _bars.Count);
    }

    [Fact]
    public void Another_version_tells_that_something_has_changed()
    {
        var version = _bars.Version;
        _bars.Find(At("192.0.2.7"), _now);
        Assert.Equal(version, _bars.Version);

        _bars.Add(_source, _tenMinutes, "telnet", _now);
        Assert.NotEqual(version, version = _bars.Version);

        _bars.Lift(_source);
        Assert.NotEqual(version, _bars.Version);
    }

    [Fact]
    public void It_finds_whom_a_list_finds_that_is_searched_from_end_to_end() =>
        Gen.Select(Gen.Int[0, 5], Gen.UInt[0, 15], _lengths, Gen.Int[1, 3_000]).Array[0, 60].Sample(steps =>
        {
            var (bars, list) = (new BarredSources(), new Dictionary<Source, Bar>());
            var now = _now;
            foreach (var (step, host, length, minutes) in steps)
            {
                var source = Source.Network(host, Source.Kind.V4, length);
                switch (step)
                {
                    case 0:
                        now += TimeSpan.FromMinutes(minutes);
                        break;
                    case 1 when minutes % 4 == 0:
                        list = list.Where(entry => !Holds(entry.Key, source) && !Holds(source, entry.Key)).ToDictionary();
                        bars.Lift(source);
                        break;
                    default:
                        list[source] = NaiveBar(list.TryGetValue(source, out var earlier) ? earlier : null, minutes, now);
                        bars.Add(source, TimeSpan.FromMinutes(minutes), "telnet", now);
                        break;
                }

                var address = Source.Network(host, Source.Kind.V4, 32);
                var until = list.Where(entry => Holds(entry.Key, address)).Max(entry => (TimeSpan?)entry.Value.Until);
                if (bars.Find(At($"0.0.0.{host}"), now)?.Bar.Until != (until > now ? until : null))
                {
                    return false;
                }
            }

            return true;
        });

    // Whether the other network lies in this one, bit by bit.
    private static bool Holds(Source network, Source other) =>
        network.Length <= other.Length
        && Enumerable.Range(0, network.Length).All(bit => (network.Bits >> (31 - bit) & 1) == (other.Bits >> (31 - bit) & 1));

    private static Bar NaiveBar(Bar? earlier, int minutes, TimeSpan now)
    {
        var strikes = 1;
        if (earlier is { } bar)
        {
            strikes = bar.Strikes;
            for (var quiet = bar.Until + TimeSpan.FromDays(1); quiet <= now && strikes > 0; quiet += TimeSpan.FromDays(1))
            {
                strikes--;
            }

            strikes = bar.Until > now ? bar.Strikes : Math.Min(7, strikes + 1);
        }

        var length = (double)minutes;
        for (var strike = 1; strike < strikes; strike++)
        {
            length = Math.Min(length * 2, 30 * 24 * 60);
        }

        var until = now + TimeSpan.FromMinutes(length);
        return earlier?.Until > until ? earlier.Value : new Bar(now, until, strikes, "telnet");
    }

    private static Source Parsed(string text) =>
        Source.TryParse(text, out var source) ? source : throw new ArgumentException(text);

    private static Peer At(string address)
    {
        var bytes = IPAddress.Parse(address).MapToIPv6().GetAddressBytes();
        return Peer.Internet(new SocketName(InternetAddress.FromV6(bytes, 0), 4711));
    }
}
