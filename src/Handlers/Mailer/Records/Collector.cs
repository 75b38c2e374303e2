using System.Globalization;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// A collector of records on the web, which gets the lines in batches, one after the other. The attempt runs beside the loop; the position
/// moves when a batch was taken. Whatever the answer, no line is left out: a refusal is a setting that somebody will mend.
/// </summary>
internal sealed class Collector(Store store, WebTarget target, House house, Action ring, FeedTroubles troubles, TimeProvider clock) : IDisposable
{
    public const string Feed = "forward";

    public const int MostLines = 500;

    private const int MostBytes = 512 * 1024;
    private const int TooLarge = 413;
    private static readonly TimeSpan _mostPatience = TimeSpan.FromHours(1);

    private static readonly TimeSpan[] _waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(5),
    ];

    private readonly WebPost _post = new(target, WebPost.UsualPatience);
    private readonly CancellationTokenSource _abort = new();
    private Task<Failure?>? _attempt;
    private List<RecordLine> _batch = [];
    private int _most = MostLines;
    private int _failures;
    private long _failedAt;
    private TimeSpan _wait = TimeSpan.Zero;

    private string Name => $"{Feed} {target.Name}";

    /// <summary>A batch is on its way, or may go.</summary>
    public bool IsBusy => _attempt is not null || (IsDue && HasLines);

    private bool IsDue => _failures == 0 || clock.GetElapsedTime(_failedAt) >= _wait;

    private bool HasLines => store.LinesFor(Feed, 1).Count > 0;

    /// <summary>Books what has ended and sends the next batch.</summary>
    public void Turn()
    {
        Book();
        if (_attempt is null && IsDue && Next() is { Count: > 0 } batch)
        {
            _batch = batch;
            _attempt = Task.Run(() => _post.Send(Body(batch), "application/x-ndjson", Headers(batch), _abort.Token));
            _attempt.ContinueWith(_ => ring(), TaskScheduler.Default);
        }
    }

    /// <summary>Lets the attempt end if it does so soon; if not, nothing is booked, and the batch comes again.</summary>
    public void Finish(TimeSpan grace)
    {
        if (_attempt?.Wait(grace) == false)
        {
            _abort.Cancel();
            return;
        }

        Book();
    }

    public void Dispose() => _abort.Dispose();

    private void Book()
    {
        if (_attempt is not { IsCompleted: true } attempt)
        {
            return;
        }

        _attempt = null;
        if (attempt.GetAwaiter().GetResult() is not { } failure)
        {
            store.Passed(Feed, _batch[^1].Number);
            troubles.Over(Name);
            _most = Math.Min(MostLines, _most * 2);
            _failures = 0;
        }
        else if (failure.Status == TooLarge && _batch.Count > 1)
        {
            _most = _batch.Count / 2;
        }
        else
        {
            WaitAfter(failure);
        }
    }

    private void WaitAfter(Failure failure)
    {
        troubles.Tell(Name, failure.Words);
        var own = _waits[Math.Min(_failures, _waits.Length - 1)];
#pragma warning disable CA5394 // jitter, not a secret
        own *= 0.8 + (0.4 * Random.Shared.NextDouble());
#pragma warning restore CA5394
        var wish = failure.RetryAfter ?? TimeSpan.Zero;
        _wait = wish > _mostPatience ? _mostPatience : wish > own ? wish : own;
        _failures++;
        _failedAt = clock.GetTimestamp();
    }

    private List<RecordLine> Next()
    {
        var bytes = 0;
        return [.. store.LinesFor(Feed, _most).TakeWhile((line, i) => (bytes += line.Json.Length + 1) <= MostBytes || i == 0)];
    }

    private static byte[] Body(List<RecordLine> batch)
    {
        var body = new StringBuilder();
        foreach (var line in batch)
        {
            body.Append(line.Json).Append('\n');
        }

        return Encoding.ASCII.GetBytes(body.ToString());
    }

    private IEnumerable<(string, string)> Headers(List<RecordLine> batch)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"{batch[0].Number}-{batch[^1].Number}");
        yield return ("X-SuperServer-Lines", range);
        yield return ("Idempotency-Key", $"\"superserver/{house.Machine ?? Clean.Text(house.Host, 100)}/{range}\"");
    }
}
