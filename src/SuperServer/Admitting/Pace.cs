using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// How fast clients have come to one service, all together and each source by itself. It follows the limits that it is asked
/// with. Of more sources than it can remember it forgets those whose bucket is full first.
/// </summary>
internal sealed class Pace(int most = Pace.MostSources)
{
    /// <summary>Sources that are remembered at once.</summary>
    public const int MostSources = 65_536;

    private readonly SourceTable<Bucket> _sources = new(most);
    private ServiceLimits _limits = new();
    private Bucket _service;

    /// <summary>How many sources are remembered.</summary>
    public int Sources => _sources.Count;

    /// <summary>What a reload says holds from the next client on. Who has been here is not forgotten because a number changes,
    /// but by another <c>source_prefix</c> nobody is who he was.</summary>
    public void Amend(ServiceLimits limits)
    {
        var old = _limits;
        _limits = limits;
        if (old.Rate != limits.Rate)
        {
            _service = (old.Rate, limits.Rate) is ({ } was, { } rate) ? _service.Under(was, rate) : default;
        }

        if (old.RatePerSource != limits.RatePerSource || old.SourcePrefix != limits.SourcePrefix)
        {
            AmendSources(old, limits);
        }
    }

    /// <summary>When the service takes the next client; null when it is now.</summary>
    public TimeSpan? NextOfAll(ServiceLimits limits, TimeSpan now)
    {
        Follow(limits);
        return limits.Rate is { } rate && !_service.HasToken(rate, now) ? _service.NextAt(rate, now) : null;
    }

    /// <summary>When the service takes the next client of this source; null when it is now.</summary>
    public TimeSpan? NextOf(Source source, ServiceLimits limits, TimeSpan now)
    {
        Follow(limits);
        return limits.RatePerSource is { } rate && _sources.Find(source) is { } bucket && !bucket.HasToken(rate, now)
            ? bucket.NextAt(rate, now)
            : null;
    }

    /// <summary>A client of this source has been let in.</summary>
    public void Take(Source source, ServiceLimits limits, TimeSpan now)
    {
        Follow(limits);
        if (limits.Rate is { } rate)
        {
            _service = _service.Taken(rate, now);
        }

        if (limits.RatePerSource is { } ratePerSource)
        {
            Forget(ratePerSource, now);
            _sources.Set(source, (_sources.Find(source) ?? default).Taken(ratePerSource, now));
        }
    }

    /// <summary>What a daemon that takes over in place must know, as moments of the monotonic clock.</summary>
    public PaceMemory Remember() => new(
        _limits.Rate is { } rate ? _service.FullAt(rate).Ticks : 0,
        _limits.RatePerSource is { } perSource
            ? [.. _sources.All().Select(one => (one.Source, one.Value.FullAt(perSource).Ticks))]
            : []);

    /// <summary>Goes on where another daemon has left off.</summary>
    public void Recall(ServiceLimits limits, PaceMemory memory)
    {
        Follow(limits);
        _service = limits.Rate is { } rate ? Bucket.FullAgainAt(rate, new TimeSpan(memory.ServiceFullAt)) : default;
        foreach (var (source, fullAt) in limits.RatePerSource is null ? [] : memory.Sources)
        {
            _sources.Set(source, Bucket.FullAgainAt(limits.RatePerSource!, new TimeSpan(fullAt)));
        }
    }

    public override string ToString() => $"rate={_limits.Rate} rate_per_source={_limits.RatePerSource} sources={Sources}";

    private void AmendSources(ServiceLimits old, ServiceLimits limits)
    {
        var known = _sources.All().ToArray();
        _sources.Clear();
        if ((old.RatePerSource, limits.RatePerSource) is ({ } before, { } now) && old.SourcePrefix == limits.SourcePrefix)
        {
            Array.ForEach(known, one => _sources.Set(one.Source, one.Value.Under(before, now)));
        }
    }

    // A bucket that is full again tells nothing. Two for each that comes: then the table empties without ever taking long.
    private void Forget(Rate rate, TimeSpan now)
    {
        for (var count = 0; count < 2 && _sources.Count > 0 && _sources.Least.IsFull(rate, now); count++)
        {
            _sources.Remove(_sources.LeastSource);
        }
    }

    private void Follow(ServiceLimits limits)
    {
        if (!ReferenceEquals(limits, _limits))
        {
            Amend(limits);
        }
    }
}

/// <summary>A <see cref="Pace"/> as plain numbers: when each bucket will be full, in ticks of CLOCK_MONOTONIC.</summary>
internal sealed record PaceMemory(long ServiceFullAt, IReadOnlyList<(Source Source, long FullAt)> Sources);
