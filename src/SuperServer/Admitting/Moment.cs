namespace SuperServer.Admitting;

/// <summary>Now, as far as admission wants to know: read once for each turn of the loop.</summary>
/// <param name="Clock">The dispatcher's monotonic clock.</param>
/// <param name="Local">The time on the wall, for <c>access_times</c>.</param>
/// <param name="Load">The load average of the last minute.</param>
/// <param name="Children">Children alive of all services.</param>
internal readonly record struct Moment(TimeSpan Clock, DateTime Local, double Load, int Children)
{
    /// <summary>Clients of the service who have been accepted and will want a place, as soon as it is known who they are.</summary>
    public int Expected { get; init; }
}
