using System.Net;
using System.Net.Sockets;

namespace SuperServer.Configuration;

/// <summary>What kind of socket stands behind an <see cref="Endpoint"/>.</summary>
internal enum Transport
{
    /// <summary>TCP: a listening stream socket of the Internet.</summary>
    Tcp,

    /// <summary>UDP: a datagram socket of the Internet.</summary>
    Udp,

    /// <summary>A listening Unix stream socket.</summary>
    Unix,

    /// <summary>A Unix datagram socket.</summary>
    UnixDatagram,

    /// <summary>A listening Unix socket of connections that keep the bounds of messages.</summary>
    UnixSeqpacket,

    /// <summary>A listening stream socket between virtual machines and their host (vsock(7)).</summary>
    Vsock,

    /// <summary>A named pipe (fifo(7)).</summary>
    Fifo,

    /// <summary>A listening socket that the daemon was started with (sd_listen_fds(3)).</summary>
    Handed,

    /// <summary>A datagram socket that the daemon was started with.</summary>
    HandedDatagram,

    /// <summary>No socket: a name by which the clients of tcpmux ask for the service (RFC 1078).</summary>
    Tcpmux,
}

/// <summary>A machine's number and a port on it (vsock(7)); no number stands for all that are ours.</summary>
internal readonly record struct VsockAddress(uint? Cid, uint Port)
{
    public override string ToString() => Cid is { } cid ? $"{cid}:{Port}" : $"{Port}";
}

/// <summary>
/// One socket to listen on. Two endpoints are equal when they would be the same socket: neither the service's name plays a part,
/// so that a reload recognises a socket whatever its service is called by then, nor whether it may be missing. <c>tcp:23</c> in
/// the file makes two of them. What can only be chosen when a socket is made is a part of it, so that a change opens another one.
/// </summary>
internal sealed record Endpoint
{
    public required Transport Transport { get; init; }

    /// <summary>Address and port to bind (a scope id is in the address); null for everything but TCP and UDP.</summary>
    public IPEndPoint? Address { get; init; }

    /// <summary>Absolute path of a Unix socket or a FIFO, or "@name" in the abstract namespace (unix(7)).</summary>
    public string? Path { get; init; }

    /// <summary>Null for everything but vsock.</summary>
    public VsockAddress? Vsock { get; init; }

    /// <summary>The name under which the socket was handed to the daemon, with ":2" for the second of it.</summary>
    public string? HandedName { get; init; }

    /// <summary>Null for everything but tcpmux.</summary>
    public TcpmuxName? Tcpmux { get; init; }

    /// <summary>MPTCP: a client that speaks it may come over several networks at once.</summary>
    public bool IsMultipath { get; init; }

    /// <summary>The IPv6 wildcard takes IPv4 clients, too.</summary>
    public bool IsDualStack { get; init; }

    /// <summary>Other processes of the daemon's user may have the same port (SO_REUSEPORT).</summary>
    public bool SharesPort { get; init; }

    /// <summary>The only network interface that clients may come by (SO_BINDTODEVICE); null for any.</summary>
    public string? Device { get; init; }

    /// <summary>The file asked for "both families", and a host without this one is no error.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary>Connections come; otherwise whatever comes is in the endpoint's own descriptor.</summary>
    public bool IsStream =>
        Transport is Transport.Tcp or Transport.Unix or Transport.UnixSeqpacket or Transport.Vsock or Transport.Handed or Transport.Tcpmux;

    public bool IsUnix => Transport is Transport.Unix or Transport.UnixDatagram or Transport.UnixSeqpacket;

    public bool IsInternet => Transport is Transport.Tcp or Transport.Udp;

    public bool IsHanded => Transport is Transport.Handed or Transport.HandedDatagram;

    /// <summary>The name is in the abstract namespace: there is no file.</summary>
    public bool IsAbstract => Path is ['@', ..];

    /// <summary>Where in the file system it lies; null when it has no place there.</summary>
    public string? FilePath => IsAbstract ? null : Path;

    /// <summary>Every address of its family.</summary>
    public bool IsWildcard =>
        Address is { } address && (address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any));

    /// <summary>The kernel chooses a port, another one each time.</summary>
    public bool IsAnyPort => Address?.Port == 0 || Vsock?.Port == 0;

    /// <summary>Of Internet and Unix sockets.</summary>
    public AddressFamily Family => Address?.AddressFamily
        ?? (IsUnix ? AddressFamily.Unix : AddressFamily.Unspecified);

    public bool Equals(Endpoint? other) => other is not null && Identity.Equals(other.Identity);

    public override int GetHashCode() => Identity.GetHashCode();

    private (Transport, IPEndPoint?, string?, VsockAddress?, string?, TcpmuxName?, (bool, bool, bool, string?)) Identity =>
        (Transport, Address, Path, Vsock, HandedName, Tcpmux, (IsMultipath, IsDualStack, SharesPort, Device));

    /// <summary>As in the configuration file: <c>tcp4:0.0.0.0:23</c> is printed <c>tcp:0.0.0.0:23</c>, <c>unix:/run/x.sock</c>.</summary>
    public override string ToString() => Transport switch
    {
        Transport.Tcp => $"tcp:{Address}",
        Transport.Udp => $"udp:{Address}",
        Transport.Unix => $"unix:{Path}",
        Transport.UnixDatagram => $"unix-dgram:{Path}",
        Transport.UnixSeqpacket => $"unix-seqpacket:{Path}",
        Transport.Vsock => $"vsock:{Vsock}",
        Transport.Fifo => $"fifo:{Path}",
        Transport.Handed => $"fd:{HandedName}",
        Transport.Tcpmux => $"tcpmux:{Tcpmux}",
        _ => $"fd-dgram:{HandedName}",
    };
}
