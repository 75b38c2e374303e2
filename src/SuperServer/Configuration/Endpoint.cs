using System.Net;

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
}

/// <summary>
/// One socket to listen on. Two endpoints are equal when they would be the same socket: neither the service's name plays a part,
/// so that a reload recognises a socket whatever its service is called by then, nor whether it may be missing. <c>tcp:23</c> in
/// the file makes two of them.
/// </summary>
internal sealed record Endpoint
{
    public required Transport Transport { get; init; }

    /// <summary>Address and port to bind (IPv6 always with IPV6_V6ONLY; a scope id is in the address); null for Unix sockets.</summary>
    public IPEndPoint? Address { get; init; }

    /// <summary>Absolute path of a Unix socket; null for TCP and UDP.</summary>
    public string? Path { get; init; }

    /// <summary>The file asked for "both families", and a host without this one is no error.</summary>
    public bool MayBeMissing { get; init; }

    public bool IsStream => Transport is Transport.Tcp or Transport.Unix;

    public bool IsUnix => Transport is Transport.Unix or Transport.UnixDatagram;

    /// <summary>Every address of its family.</summary>
    public bool IsWildcard =>
        Address is { } address && (address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any));

    public bool Equals(Endpoint? other) =>
        other is not null && Transport == other.Transport && Path == other.Path && Equals(Address, other.Address);

    public override int GetHashCode() => HashCode.Combine(Transport, Path, Address);

    /// <summary>As in the configuration file: <c>tcp4:0.0.0.0:23</c> is printed <c>tcp:0.0.0.0:23</c>, <c>unix:/run/x.sock</c>.</summary>
    public override string ToString() => Transport switch
    {
        Transport.Tcp => $"tcp:{Address}",
        Transport.Udp => $"udp:{Address}",
        Transport.Unix => $"unix:{Path}",
        _ => $"unix-dgram:{Path}",
    };
}
