using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// Whom a tripwire has missed, until it is recorded: a tally for each reason, and the batches that could not be recorded yet. There
/// are as many reasons as there are limits, so this stays small.
/// </summary>
internal sealed class ShedBook
{
    private readonly List<ShedTally> _open = [];
    private readonly Queue<ShedBatch> _returned = [];

    public bool IsEmpty => _open.Count == 0 && _returned.Count == 0;

    /// <summary>Somebody was counted who is in no batch yet.</summary>
    public bool HasNews => _open.Count > 0;

    /// <summary>Batches that failed, the oldest first.</summary>
    public IReadOnlyCollection<ShedBatch> Returned => _returned;

    public void Count(string why, InternetAddress? source, DateTimeOffset at, long connections)
    {
        var tally = _open.Find(open => open.Why == why);
        if (tally is null)
        {
            _open.Add(tally = new ShedTally(why));
        }

        tally.Count(source, at, connections);
    }

    /// <summary>What is to be recorded next: first what failed before, as it was.</summary>
    public ShedBatch? TakeNext(string service) => _returned.TryDequeue(out var returned) ? returned : TakeNews(service);

    /// <summary>What was never tried, the oldest first.</summary>
    public ShedBatch? TakeNews(string service)
    {
        if (_open.Count == 0)
        {
            return null;
        }

        var oldest = _open[0];
        _open.RemoveAt(0);
        return oldest.Close(service, Guid.NewGuid());
    }

    /// <summary>It could not be recorded, or a daemon before us could not.</summary>
    public void GiveBack(ShedBatch batch) => _returned.Enqueue(batch);
}
