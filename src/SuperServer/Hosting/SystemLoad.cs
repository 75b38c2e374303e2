using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// The load average of the last minute, asked for at most once a second: the kernel works it out every five. A machine that
/// does not tell has none.
/// </summary>
internal sealed class SystemLoad
{
    private static readonly TimeSpan _freshness = TimeSpan.FromSeconds(1);

    private TimeSpan? _askedAt;
    private double _load;

    public double At(TimeSpan now)
    {
        if (_askedAt is not { } asked || now - asked >= _freshness)
        {
            _askedAt = now;
            _load = Libc.getloadavg(ref _load, 1) == 1 ? _load : 0;
        }

        return _load;
    }
}
