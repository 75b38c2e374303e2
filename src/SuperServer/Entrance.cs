using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Launching;

namespace SuperServer;

/// <summary>One endpoint of a service at run time: its open listener, if it could be opened, and why it is watched or not.</summary>
internal sealed class Entrance(int number, Endpoint endpoint, Service service)
{
    /// <summary>What the poller calls it.</summary>
    public int Number { get; } = number;

    public Endpoint Endpoint { get; } = endpoint;

    /// <summary>Changes when a reload gives the endpoint to another service.</summary>
    public Service Service { get; set; } = service;

    /// <summary>Null as long as it could not be opened.</summary>
    public Listener? Listener { get; set; }

    public bool IsWatched { get; set; }

    /// <summary>The child of a wait service that has the socket now.</summary>
    public Child? Server { get; set; }

    /// <summary>What lay in the receive queue when <see cref="Server"/> was started.</summary>
    public uint WaitingAtStart { get; set; }

    /// <summary>Not before this time of the dispatcher's clock is anything done here; null when it does not rest.</summary>
    public TimeSpan? RestsUntil { get; set; }

    /// <summary>How long it rested the last time that it could not be opened.</summary>
    public TimeSpan LastRetry { get; set; }

    /// <summary>The server is started when the rest is over, whether somebody has come or not.</summary>
    public bool StartsOnWaking { get; set; }
}
