using CsCheck;
using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;

namespace SuperServer.Tests.Admitting;

public sealed class GateTests
{
    private static readonly Moment _now = new(TimeSpan.FromDays(1), new DateTime(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc), 0, 0);
    private static readonly Peer _peer = PeerAt(0xc0000207);

    private readonly Crowd _crowd = new();
    private readonly Pace _pace = new();
    private Gate _gate = new(new HouseRules());

    /// <summary>Everything stands against the client; each line takes away what objected in the line before.</summary>
    public static TheoryData<string, int> Order => new()
    {
        { "barred", 0 }, { "rate_per_source", 1 }, { "max_per_source", 2 }, { "max_connections", 3 }, { "rate", 4 },
        { "max_children", 5 }, { "max_load", 6 },
    };

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void Exactly_as_many_are_let_in_as_the_limit_says(int living, bool isLetIn)
    {
        Fill(living);
        Assert.Equal(isLetIn, Consider(new ServiceLimits { MaxConnections = new Limit(3, null) }) is null);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Exactly_as_many_of_one_source_are_let_in_as_the_limit_says(int living, bool isLetIn)
    {
        Fill(50);
        for (var guest = 0; guest < living; guest++)
        {
            _crowd.Enter(Source.Of(_peer, SourcePrefix.Usual));
        }

        Assert.Equal(isLetIn, Consider(new ServiceLimits { MaxPerSource = new Limit(3, null) }) is null);
    }

    [Theory]
    [InlineData(11, true)]
    [InlineData(12, false)]
    public void Exactly_as_many_children_are_started_as_the_house_allows(int living, bool isLetIn)
    {
        _gate = new Gate(new HouseRules { MaxChildren = new Limit(12, null) });

        Assert.Equal(isLetIn, Consider(new ServiceLimits(), _now with { Children = living }) is null);
    }

    [Theory]
    [InlineData(4.5, true)]
    [InlineData(4.51, false)]
    public void Up_to_the_load_that_is_allowed_clients_are_let_in(double load, bool isLetIn) =>
        Assert.Equal(isLetIn, Consider(new ServiceLimits { MaxLoad = new Limit(4.5, null) }, _now with { Load = load }) is null);

    [Fact]
    public void A_refusal_names_the_limit_its_value_and_where_it_was_set()
    {
        Fill(3);
        Assert.Equal("limit=max_connections max=3 set-at=superserver.toml:14",
            Consider(new ServiceLimits { MaxConnections = new Limit(3, "superserver.toml:14") })?.ToString());
        Assert.Equal("limit=max_connections max=3 set-at=default",
            Consider(new ServiceLimits { MaxConnections = new Limit(3, null) })?.ToString());
    }

    [Fact]
    public void A_refusal_for_what_the_client_is_names_its_source()
    {
        var limits = new ServiceLimits
        {
            MaxPerSource = new Limit(1, "f:3"),
            RatePerSource = new Rate(5, TimeSpan.FromMinutes(1), 2, "f:4"),
            SourcePrefix = new SourcePrefix(24, 64),
        };
        _crowd.Enter(Source.Of(_peer, limits.SourcePrefix));
        Assert.Equal("limit=max_per_source max=1 source=192.0.2.0/24 set-at=f:3", Consider(limits)?.ToString());

        _crowd.Leave(Source.Of(_peer, limits.SourcePrefix));
        Assert.Null(Consider(limits));
        Assert.Null(Consider(limits));
        Assert.Equal("limit=rate_per_source max=5/min burst=2 source=192.0.2.0/24 set-at=f:4", Consider(limits)?.ToString());
    }

    [Fact]
    public void A_refusal_of_the_house_or_of_the_load_says_so()
    {
        _gate.Amend(new HouseRules { MaxChildren = new Limit(2, "f:2") });
        Assert.Equal("limit=max_children max=2 set-at=f:2",
            Consider(new ServiceLimits(), _now with { Children = 2 })?.ToString());

        _gate.Amend(new HouseRules());
        Assert.Equal("limit=max_load max=4.5 load=7.25 set-at=f:9",
            Consider(new ServiceLimits { MaxLoad = new Limit(4.5, "f:9") }, _now with { Load = 7.25 })?.ToString());
    }

    [Fact]
    public void A_client_who_is_barred_is_told_apart_by_whom_and_until_when()
    {
        var limits = new ServiceLimits { Sensor = TimeSpan.FromMinutes(10) };
        _gate.BarVisitor(Some.Service with { Name = "telnet", Limits = limits }, _peer, _now);

        Assert.Equal("limit=barred until=2026-11-23T10:10:00Z by=telnet source=192.0.2.7/32",
            Consider(new ServiceLimits())?.ToString());
        Assert.Null(Consider(new ServiceLimits(), _now, PeerAt(0xc0000208)));
        Assert.Null(Consider(new ServiceLimits(), _now with { Clock = _now.Clock + TimeSpan.FromMinutes(10) }));
    }

    [Fact]
    public void Who_touches_no_sensor_and_earns_no_penalty_is_not_barred()
    {
        Assert.Null(_gate.BarVisitor(Some.Service, _peer, _now));
        Assert.Null(_gate.BarOffender(Some.Service, Source.User(7), _peer, _now));
        Assert.Equal(0, _gate.Bars.Count);
    }

    [Fact]
    public void An_address_that_is_never_barred_is_let_in_even_from_a_network_that_is()
    {
        var limits = new ServiceLimits { Sensor = TimeSpan.FromMinutes(10), SourcePrefix = new SourcePrefix(24, 64) };
        var sensor = Some.Service with { Limits = limits };
        _gate.Amend(new HouseRules { NeverBar = Only(0xc0000207) });

        Assert.Null(_gate.BarVisitor(sensor, _peer, _now));
        Assert.NotNull(_gate.BarVisitor(sensor, PeerAt(0xc0000208), _now));

        Assert.Null(Consider(new ServiceLimits()));
        Assert.Equal("barred", Consider(new ServiceLimits(), _now, PeerAt(0xc0000208))?.Limit);
    }

    [Fact]
    public void This_machine_is_never_barred_unless_the_file_says_otherwise()
    {
        var sensor = Some.Service with { Limits = new ServiceLimits { Sensor = TimeSpan.FromMinutes(10) } };

        Assert.Null(_gate.BarVisitor(sensor, PeerAt(0x7f090909), _now));

        _gate.Amend(new HouseRules { NeverBar = RuleList.Empty });
        Assert.NotNull(_gate.BarVisitor(sensor, PeerAt(0x7f090909), _now));
    }

    [Fact]
    public void A_sensor_goes_on_taking_those_who_are_barred()
    {
        var limits = new ServiceLimits { Sensor = TimeSpan.FromMinutes(10) };
        _gate.BarVisitor(Some.Service with { Limits = limits }, _peer, _now);

        Assert.Null(Consider(limits));
        Assert.Equal("barred", Consider(new ServiceLimits())?.Limit);
    }

    [Fact]
    public void A_program_can_have_its_client_barred()
    {
        var bar = _gate.BarOffender(
            Some.Service with { Limits = new ServiceLimits { Penalty = TimeSpan.FromHours(1) } },
            Source.Of(_peer, SourcePrefix.Usual), _peer, _now);

        Assert.Equal(_now.Clock + TimeSpan.FromHours(1), bar?.Until);
        Assert.Equal("barred", Consider(new ServiceLimits())?.Limit);
    }

    [Theory]
    [MemberData(nameof(Order))]
    public void Objections_come_in_their_order(string first, int step)
    {
        var source = Source.Of(_peer, SourcePrefix.Usual);
        var once = new Rate(1, TimeSpan.FromHours(1), 1, null);
        var limits = new ServiceLimits { Rate = once, RatePerSource = once };
        _pace.Take(source, limits, _now.Clock);
        _crowd.Enter(source);
        _gate = new Gate(new HouseRules { MaxChildren = step > 5 ? null : new Limit(1, null) });
        if (step == 0)
        {
            _gate.Bars.Add(source, TimeSpan.FromHours(1), "telnet", _now.Clock);
        }

        limits = limits with
        {
            RatePerSource = step > 1 ? null : limits.RatePerSource,
            MaxPerSource = step > 2 ? null : new Limit(1, null),
            MaxConnections = new Limit(step > 3 ? 2 : 1, null),
            Rate = step > 4 ? null : limits.Rate,
            MaxLoad = new Limit(1, null),
        };

        Assert.Equal(first, Consider(limits, _now with { Load = 2, Children = 1 })?.Limit);
    }

    [Fact]
    public void Who_is_turned_away_takes_no_token()
    {
        var once = new Rate(1, TimeSpan.FromHours(1), 1, null);
        var limits = new ServiceLimits { Rate = once, RatePerSource = once, MaxLoad = new Limit(1, null) };
        for (var attempt = 0; attempt < 10; attempt++)
        {
            Assert.Equal("max_load", Consider(limits, _now with { Load = 2 })?.Limit);
        }

        Assert.Null(Consider(limits));
        Assert.Equal("rate_per_source", Consider(limits)?.Limit);
    }

    [Fact]
    public void A_room_says_when_there_is_room_again_or_that_only_an_ending_can_tell()
    {
        var limits = new ServiceLimits
        {
            MaxConnections = new Limit(3, null),
            Rate = new Rate(1, TimeSpan.FromSeconds(8), 1, null),
            MaxLoad = new Limit(1, null),
        };
        _gate = new Gate(new HouseRules { MaxChildren = new Limit(5, null) });
        Assert.Equal(Room.Free, RoomFor(limits, _now));
        Assert.Equal(("max_children", null), Told(RoomFor(limits, _now with { Children = 5, Load = 2 })));
        Assert.Equal(("max_load", _now.Clock + TimeSpan.FromSeconds(1)), Told(RoomFor(limits, _now with { Load = 2 })));

        Assert.Null(Consider(limits));
        Assert.Equal(("rate", _now.Clock + TimeSpan.FromSeconds(8)), Told(RoomFor(limits, _now with { Children = 5 })));

        Fill(3);
        Assert.Equal(("max_connections", null), Told(RoomFor(limits, _now)));
    }

    [Fact]
    public void Whoever_comes_and_goes_is_let_in_as_a_door_with_a_list_would()
    {
        var limits = new ServiceLimits
        {
            MaxConnections = new Limit(5, null),
            MaxPerSource = new Limit(2, null),
            Rate = new Rate(2, TimeSpan.FromSeconds(1), 6, null),
            RatePerSource = new Rate(1, TimeSpan.FromSeconds(2), 3, null),
        };
        var service = Some.Service with { Limits = limits };
        Gen.Select(Gen.Int[0, 3], Gen.UInt[1, 4], Gen.Int[0, 2_000]).Array[0, 150].Sample(steps =>
        {
            var (gate, crowd, pace, door) = (new Gate(new HouseRules()), new Crowd(), new Pace(), new DoorWithAList(limits));
            var now = _now;
            foreach (var (step, host, number) in steps)
            {
                var source = Source.Of(PeerAt(host), SourcePrefix.Usual);
                if (step == 0 && door.LeaveAny(number) is { } leaver)
                {
                    crowd.Leave(leaver);
                }
                else if (step == 1)
                {
                    now = now with { Clock = now.Clock + TimeSpan.FromMilliseconds(number) };
                }
                else
                {
                    var refusal = gate.Consider(service, crowd, pace, PeerAt(host), now);
                    if (refusal?.Limit != door.Consider(source, now.Clock))
                    {
                        return false;
                    }

                    if (refusal is null)
                    {
                        crowd.Enter(source);
                    }
                }
            }

            return true;
        });
    }

    private static Peer PeerAt(uint address) => Peer.Internet(new SocketName(InternetAddress.FromV4(address), 4711));

    private static (string? Limit, TimeSpan? Until) Told(Room room) => (room.Objection?.Limit, room.Until);

    private void Fill(int living)
    {
        for (uint guest = 0; guest < living; guest++)
        {
            _crowd.Enter(Source.User(guest));
        }
    }

    private Room RoomFor(ServiceLimits limits, Moment now) =>
        _gate.RoomFor(Some.Service with { Limits = limits }, _crowd, _pace, now);

    private Refusal? Consider(ServiceLimits limits) => Consider(limits, _now);

    private Refusal? Consider(ServiceLimits limits, Moment now) => Consider(limits, now, _peer);

    private Refusal? Consider(ServiceLimits limits, Moment now, Peer peer) =>
        _gate.Consider(Some.Service with { Limits = limits }, _crowd, _pace, peer, now);

    /// <summary>Counts everything anew for each client: who is inside, and the tokens in milliseconds.</summary>
    private sealed class DoorWithAList(ServiceLimits limits)
    {
        private readonly List<Source> _inside = [];
        private readonly List<(Source Source, TimeSpan At)> _came = [];

        public string? Consider(Source source, TimeSpan now)
        {
            var refusal = TokensIn(limits.RatePerSource!, _came.Where(one => one.Source == source), now) < 1 ? "rate_per_source"
                : _inside.Count(one => one == source) >= limits.MaxPerSource!.Max ? "max_per_source"
                : _inside.Count >= limits.MaxConnections.Max ? "max_connections"
                : TokensIn(limits.Rate!, _came, now) < 1 ? "rate"
                : null;
            if (refusal is null)
            {
                _inside.Add(source);
                _came.Add((source, now));
            }

            return refusal;
        }

        public Source? LeaveAny(int number)
        {
            if (_inside.Count == 0)
            {
                return null;
            }

            var leaver = _inside[number % _inside.Count];
            _inside.RemoveAt(number % _inside.Count);
            return leaver;
        }

        private static decimal TokensIn(Rate rate, IEnumerable<(Source Source, TimeSpan At)> came, TimeSpan now)
        {
            decimal tokens = rate.Burst;
            var last = TimeSpan.Zero;
            foreach (var (_, at) in came.Append((default, now)))
            {
                tokens = Math.Min(rate.Burst, tokens + ((decimal)(at - last).Ticks * rate.Count / rate.Per.Ticks)) - 1;
                last = at;
            }

            return tokens + 1;
        }
    }

    private static RuleList Only(uint address) =>
        new([new AccessRule.OfNetwork(Network.Around(InternetAddress.FromV4(address), 32), "it", "f:1")]);
}
