using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Records;

public sealed class RecordDeskTests : IDisposable
{
    private readonly Newsroom _room = new(null, "a", "b");
    private readonly List<string> _said = [];
    private readonly Notebook _a = new("a");
    private readonly Notebook _b = new("b");
    private readonly RecordDesk _desk;

    public RecordDeskTests() =>
        _desk = new RecordDesk(_room.Store, _room.NewChronicler(), [_a, _b], null, new FeedTroubles(_room.Clock, _said.Add));

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Everybody_gets_every_line()
    {
        _room.RecordWhole(3);

        _desk.Turn();

        Assert.Equal([1, 2, 3], _a.Numbers);
        Assert.Equal([1, 2, 3], _b.Numbers);
        Assert.False(_desk.HasWork);
    }

    [Fact]
    public void One_that_does_not_work_holds_up_nobody_and_misses_nothing()
    {
        _a.Trouble = "no room";
        _room.RecordWhole(1);
        _desk.Turn();
        _room.RecordWhole(1);
        _desk.Turn();
        Assert.Empty(_a.Numbers);
        Assert.Equal([1, 2], _b.Numbers);
        Assert.True(_desk.HasWork);

        _a.Trouble = null;
        _desk.Turn();
        Assert.Equal([1, 2], _a.Numbers);
        Assert.False(_desk.HasWork);
    }

    [Fact]
    public void A_trouble_is_said_once_and_its_end_too()
    {
        _a.Trouble = "no room";
        _room.RecordWhole(1);
        _desk.Turn();
        _desk.Turn();
        _a.Trouble = null;
        _desk.Turn();
        _room.RecordWhole(1);
        _desk.Turn();

        Assert.Equal(
            [
                "error: a does not take the records; they are kept and tried again: no room",
                "a takes the records again; it did not since 2026-11-22 23:28:47 UTC",
            ],
            _said);
    }

    [Fact]
    public void A_trouble_that_lasts_is_said_hourly()
    {
        _a.Trouble = "no room";
        _room.RecordWhole(1);
        _desk.Turn();
        _room.Clock.Pass(TimeSpan.FromMinutes(59));
        _desk.Turn();
        Assert.Single(_said);

        _room.Clock.Pass(TimeSpan.FromMinutes(1));
        _desk.Turn();
        Assert.Equal(2, _said.Count);
    }

    [Fact]
    public void What_one_could_not_take_comes_again()
    {
        _a.Most = 2;
        _room.RecordWhole(3);

        _desk.Turn();
        Assert.Equal([1, 2], _a.Numbers);

        _desk.Turn();
        Assert.Equal([1, 2, 3], _a.Numbers);
    }

    private sealed class Notebook(string name) : Feed
    {
        public List<long> Numbers { get; } = [];

        public string? Trouble { get; set; }

        public int Most { get; set; } = int.MaxValue;

        public override string Name => name;

        public override int Take(IReadOnlyList<RecordLine> lines)
        {
            if (Trouble is { } trouble)
            {
                throw new IOException(trouble);
            }

            Numbers.AddRange(lines.Take(Most).Select(line => line.Number));
            return Math.Min(Most, lines.Count);
        }
    }
}
