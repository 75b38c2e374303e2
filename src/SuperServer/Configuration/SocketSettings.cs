namespace SuperServer.Configuration;

/// <summary>Whether and how the kernel asks silent peers if they are still there (tcp(7)); null is the kernel's own value.</summary>
/// <param name="IsOn">SO_KEEPALIVE.</param>
/// <param name="Idle">After so long a silence.</param>
/// <param name="Interval">And then every so often.</param>
/// <param name="Count">Until so many questions in a row had no answer.</param>
internal sealed record KeepAlive(bool IsOn, TimeSpan? Idle = null, TimeSpan? Interval = null, int? Count = null);

/// <summary>
/// Options of a service's sockets (socket(7), tcp(7), ip(7), ipv6(7)) that can also be set on a socket that is open; null leaves
/// the kernel's own value. What only a new socket can have stands in <see cref="Endpoint"/>.
/// </summary>
internal sealed record SocketSettings
{
    public bool? NoDelay { get; init; }

    /// <summary>On unless the file says otherwise: a peer whose machine is gone would hold its place for ever.</summary>
    public KeepAlive KeepAlive { get; init; } = new(IsOn: true);

    /// <summary>In bytes, as in the file; the kernel adds its own overhead.</summary>
    public int? SendBuffer { get; init; }

    public int? ReceiveBuffer { get; init; }

    /// <summary>A client that says nothing for so long is not accepted.</summary>
    public TimeSpan? DeferAccept { get; init; }

    /// <summary>An address may be bound that this host does not have (yet).</summary>
    public bool FreeBind { get; init; }

    /// <summary>Clients of other addresses, that the packet filter sends here, are taken.</summary>
    public bool Transparent { get; init; }

    public uint? Mark { get; init; }

    public int? Tos { get; init; }

    public int? Ttl { get; init; }

    public string? Congestion { get; init; }

    /// <summary>The owner of a Unix socket's file or a FIFO; null for the daemon's own.</summary>
    public uint? Owner { get; init; }

    /// <summary>The group of that file.</summary>
    public uint? Group { get; init; }

    /// <summary>The permissions of that file.</summary>
    public int? Mode { get; init; }
}
