using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>How many and how fast, as the file says it.</summary>
public sealed class LimitsTests
{
    private const string Head = "[service.telnet]\nexec = [\"/bin/cat\"]\n";

    [Fact]
    public void What_is_not_said_is_not_limited_but_for_the_number_of_connections() =>
        Assert.Equal(new ServiceLimits { MaxConnections = new Limit(256, null) }, Read(""));

    [Fact]
    public void Every_key_is_read_and_knows_its_line()
    {
        var limits = Read("""
            max_connections = 7
            max_per_source = 3
            rate = "30/min"
            rate_per_source = { rate = "5/s", burst = 2 }
            max_load = 4.5
            source_prefix = { v4 = 24 }
            overflow = "message"
            banner = "hello\r\n"
            banner_refused = "no\r\n"
            sensor = "10m"
            penalty = "365d"
            """);

        Assert.Equal((7, "superserver.toml:3"), (limits.MaxConnections.Max, limits.MaxConnections.SetAt));
        Assert.Equal((3, "superserver.toml:4"), (limits.MaxPerSource!.Max, limits.MaxPerSource.SetAt));
        Assert.Equal((30, TimeSpan.FromMinutes(1), 30, "superserver.toml:5"), Parts(limits.Rate!));
        Assert.Equal((5, TimeSpan.FromSeconds(1), 2, "superserver.toml:6"), Parts(limits.RatePerSource!));
        Assert.Equal((4.5, "superserver.toml:7"), (limits.MaxLoad!.Max, limits.MaxLoad.SetAt));
        Assert.Equal(new SourcePrefix(24, 64), limits.SourcePrefix);
        Assert.Equal(Overflow.Message, limits.Overflow);
        Assert.Equal(("hello\r\n", "no\r\n"), (limits.Banner, limits.BannerRefused));
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromDays(365)), (limits.Sensor, limits.Penalty));
    }

    [Theory]
    [InlineData("1/s", 1)]
    [InlineData("1/min", 60)]
    [InlineData("1/h", 3_600)]
    [InlineData("1/d", 86_400)]
    public void A_rate_has_one_of_four_units(string text, int seconds)
    {
        var rate = Read($"rate = \"{text}\"").Rate!;

        Assert.Equal(TimeSpan.FromSeconds(seconds), rate.Per);
        Assert.Equal(text, rate.Text);
        Assert.Equal($"{text} burst=9", (rate with { Burst = 9 }).Text);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("/s")]
    [InlineData("5/")]
    [InlineData("5/S")]
    [InlineData("5 /s")]
    [InlineData("5/ms")]
    [InlineData("+5/s")]
    [InlineData("5.5/s")]
    [InlineData("5/s/s")]
    [InlineData("99999999999999999999/s")]
    public void Anything_else_is_no_rate(string text) =>
        Assert.Contains(
            "must be a rate such as",
            Assert.Single(SomeMachine.Root.Problems($"{Head}rate = \"{text}\"")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("rate = \"1000000/d\"")]
    [InlineData("rate = { rate = \"1/d\", burst = 1000000 }")]
    [InlineData("source_prefix = { v4 = 0, v6 = 0 }")]
    [InlineData("source_prefix = { v4 = 32, v6 = 128 }")]
    [InlineData("max_load = 0.01")]
    [InlineData("max_load = 100000")]
    [InlineData("sensor = \"1s\"")]
    public void The_bounds_themselves_are_allowed(string key) => Assert.NotNull(Read(key));

    [Fact]
    public void A_service_without_limits_of_its_own_has_those_of_the_defaults()
    {
        var heir = SomeMachine.Root.ReadService("""
            [defaults]
            max_per_source = 3
            rate = { rate = "30/min", burst = 5 }
            source_prefix = { v6 = 48 }
            overflow = "message"
            sensor = "1h"
            [service.telnet]
            exec = ["/bin/cat"]
            banner_refused = "no"
            """).Limits;

        Assert.Equal((3, "superserver.toml:2"), (heir.MaxPerSource!.Max, heir.MaxPerSource.SetAt));
        Assert.Equal((30, TimeSpan.FromMinutes(1), 5, "superserver.toml:3"), Parts(heir.Rate!));
        Assert.Equal(new SourcePrefix(32, 48), heir.SourcePrefix);
        Assert.Equal((Overflow.Message, TimeSpan.FromHours(1)), (heir.Overflow, heir.Sensor));
    }

    [Fact]
    public void No_default_makes_a_sensor_of_a_service_for_datagrams()
    {
        const string Text = "[defaults]\nsensor = \"1h\"\n[service.tftp]\nlisten = \"udp:69\"\nexec = [\"/bin/cat\"]\n";

        Assert.Null(SomeMachine.Root.ReadService(Text).Limits.Sensor);
        Assert.NotNull(SomeMachine.Root.ReadService(Text.Replace("udp:", "tcp:", StringComparison.Ordinal)).Limits.Sensor);
    }

    [Fact]
    public void The_house_has_a_limit_of_its_own()
    {
        Assert.Null(SomeMachine.Root.Read("").House.MaxChildren);

        var limit = SomeMachine.Root.Read("[daemon]\nmax_children = 12\n").House.MaxChildren!;
        Assert.Equal((12, "superserver.toml:2"), (limit.Max, limit.SetAt));
    }

    [Fact]
    public void The_house_may_change_its_limit_and_is_the_same_daemon() =>
        Assert.Equal(SomeMachine.Root.Read("").Daemon, SomeMachine.Root.Read("[daemon]\nmax_children = 12\n").Daemon);

    private static (int Count, TimeSpan Per, int Burst, string? SetAt) Parts(Rate rate) =>
        (rate.Count, rate.Per, rate.Burst, rate.SetAt);

    private static ServiceLimits Read(string keys) => SomeMachine.Root.ReadService(Head + keys).Limits;
}
