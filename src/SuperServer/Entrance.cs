using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Launching;

namespace SuperServer;

/// <summary>Why an entrance rests.</summary>
internal enum RestReason
{
    /// <summary>It could not be opened.</summary>
    Closed,

    /// <summary>The machine or we have run out of something.</summary>
    Resources,

    /// <summary>Its server ends or fails at once.</summary>
    Broken,

    /// <summary>An usher sends its clients back to it: a moment, and no state.</summary>
    Handover,
}

/// <summary>A rest: why, in which words if there are any, and until when on the dispatcher's clock.</summary>
internal sealed record Rest(RestReason Reason, TimeSpan Until, string? Why = null);

/// <summary>One endpoint of a service at run time: its open listener, if it could be opened, and why it is watched or not.</summary>
internal sealed class Entrance(int number, Endpoint endpoint, Service service)
{
    /// <summary>What the poller and the agenda call it.</summary>
    public int Number { get; } = number;

    public Endpoint Endpoint { get; } = endpoint;

    /// <summary>Changes when a reload gives the endpoint to another service.</summary>
    public Service Service { get; set; } = service;

    /// <summary>Null as long as it could not be opened.</summary>
    public Listener? Listener { get; set; }

    /// <summary>This host has no such addresses, and the file does not insist on them.</summary>
    public bool IsMissing { get; set; }

    public bool IsWatched { get; set; }

    /// <summary>The child of a wait service that has the socket now.</summary>
    public Child? Server { get; set; }

    /// <summary>What lay in the receive queue when <see cref="Server"/> was started.</summary>
    public uint WaitingAtStart { get; set; }

    /// <summary>Nothing is done here before it is over; null when it does not rest.</summary>
    public Rest? Rest { get; set; }

    /// <summary>How long it rested the last time that it could not be opened.</summary>
    public TimeSpan LastRetry { get; set; }

    /// <summary>The server is started when the rest is over, whether somebody has come or not.</summary>
    public bool StartsOnWaking { get; set; }
}
