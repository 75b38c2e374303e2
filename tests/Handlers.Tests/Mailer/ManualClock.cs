namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>Time that moves when the test says so; the wall clock can also be set, as an administrator may do.</summary>
internal sealed class ManualClock : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 23, 28, 47, TimeSpan.Zero);

    private DateTimeOffset _wall = Start;
    private long _ticks = 1_000_000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => _ticks;

    public void Pass(TimeSpan time)
    {
        _wall += time;
        _ticks += time.Ticks;
    }

    public void SetWall(DateTimeOffset wall) => _wall = wall;
}
