using System.Net;
using System.Text.Json;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Records;

/// <summary>A store with feeds, and lines that a test reads.</summary>
internal sealed class Newsroom : IDisposable
{
    public const string Feed = "event_log";

    private readonly Func<IPAddress, Finding>? _find;

    public Newsroom(Func<IPAddress, Finding>? find = null, params string[] feeds)
    {
        _find = find;
        Declare(feeds.Length == 0 ? [Feed] : feeds);
    }

    public Workshop Workshop { get; } = new();

    public Store Store => Workshop.Store;

    public ManualClock Clock => Workshop.Clock;

    public static House House { get; } = new("web1", "0123456789abcdef");

    public IReadOnlyList<JsonElement> Lines => LinesOf(Feed);

    public void Declare(params string[] feeds) => Store.DeclareFeeds(feeds, House);

    public IReadOnlyList<JsonElement> LinesOf(string feed) =>
        [.. Store.LinesFor(feed, 1000).Select(line => JsonDocument.Parse(line.Json).RootElement)];

    public Chronicler NewChronicler() =>
        new(Store, new NameDesk(Store, _find is null ? null : new Resolvers(_find, Clock)), Clock);

    /// <summary>Records are written into the spool and taken in.</summary>
    public void Record(params AlertRecord[] records)
    {
        foreach (var record in records)
        {
            Workshop.Append(record switch
            {
                TouchRecord touch => AlertWriter.Write(touch),
                EndRecord end => AlertWriter.Write(end),
                ShedRecord shed => AlertWriter.Write(shed),
                _ => throw new ArgumentException("no such record", nameof(records)),
            });
        }

        Workshop.NewIntake().TakeIn();
    }

    /// <summary>So many connections that are over.</summary>
    public void RecordWhole(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var touch = Workshop.SomeTouch();
            Record(touch, Workshop.EndOf(touch));
        }
    }

    public void Restart()
    {
        Workshop.Restart();
        Declare(Feed);
    }

    public void Dispose() => Workshop.Dispose();
}
