namespace SuperServer.Reaping;

/// <summary>
/// Tells a wait service that is broken from one that is popular. The server of a wait service owns the socket; when it dies
/// without taking what waits there, it would be started again at once, for ever. Such a service rests: one second, doubling to
/// a minute. It is forgiven at the first server that did its work.
/// </summary>
internal sealed class Suspicion
{
    /// <summary>Clean exits at once that took nothing, in a row, before we stop believing that others put more in meanwhile.</summary>
    public const int Patience = 20;

    /// <summary>Short enough for a popular server that takes one request each time, long enough to keep a broken one from spinning.</summary>
    public static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    /// <summary>A child that ends sooner has hardly worked; it is also the first rest.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    private TimeSpan _rest;
    private int _idle;

    /// <summary>How long the service should rest after this ending; zero for not at all.</summary>
    /// <param name="ending">How the server ended.</param>
    /// <param name="tookSomething">Less was waiting at its end than at its start: it worked, and may have died of it.</param>
    /// <param name="somethingWaits">The socket is readable: the next server would be started at once.</param>
    public TimeSpan After(in Ending ending, bool tookSomething, bool somethingWaits)
    {
        if (ending.Age >= AtOnce || tookSomething || !somethingWaits)
        {
            Forgive();
            return TimeSpan.Zero;
        }

        return !ending.IsClean ? Grow()
            : ++_idle < Patience ? TimeSpan.Zero
            : Breath;
    }

    /// <summary>After a server that could not even be started, or a task that has to be done and ended undone.</summary>
    public TimeSpan AfterFailure() => Grow();

    public void Forgive() => (_rest, _idle) = (TimeSpan.Zero, 0);

    private TimeSpan Grow()
    {
        _rest = _rest == TimeSpan.Zero ? AtOnce : _rest * 2 < _longest ? _rest * 2 : _longest;
        return _rest;
    }
}
