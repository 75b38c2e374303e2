using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.Tests.BuiltIn.Serving;

/// <summary>Who is looked at when.</summary>
public sealed class AlarmsTests
{
    private readonly Alarms<string> _alarms = new();

    [Fact]
    public void Those_whose_time_has_come_are_taken_in_their_order_and_once()
    {
        _alarms.Set("third", Ago(1));
        _alarms.Set("first", Ago(3));
        _alarms.Set("second", Ago(2));
        _alarms.Set("later", Ago(-60));

        Assert.Equal(["first", "second", "third", null], [_alarms.Take(), _alarms.Take(), _alarms.Take(), _alarms.Take()]);
        Assert.InRange(_alarms.Next, Ago(-50), Ago(-60));
    }

    [Fact]
    public void An_alarm_may_come_sooner_and_not_later()
    {
        _alarms.Set("who", Ago(-10));
        _alarms.Set("who", Ago(-60));
        Assert.InRange(_alarms.Next, Ago(-1), Ago(-11));

        _alarms.Set("who", Ago(1));
        Assert.Equal("who", _alarms.Take());
        Assert.Equal(long.MaxValue, _alarms.Next);
    }

    [Fact]
    public void Two_of_one_moment_are_both_taken()
    {
        var moment = Ago(1);
        _alarms.Set("one", moment);
        _alarms.Set("other", moment);

        Assert.Equal(["one", "other", null], [_alarms.Take(), _alarms.Take(), _alarms.Take()]);
    }

    [Fact]
    public void Who_has_gone_or_has_no_deadline_is_not_kept()
    {
        _alarms.Set("gone", Ago(1));
        _alarms.Remove("gone");
        _alarms.Remove("gone");
        _alarms.Set("patient", long.MaxValue);

        Assert.Null(_alarms.Take());
        Assert.Equal(long.MaxValue, _alarms.Next);
    }

    private static long Ago(int seconds) => Environment.TickCount64 - (seconds * 1000L);
}
