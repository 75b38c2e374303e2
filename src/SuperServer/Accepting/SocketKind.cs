using System.Net.Sockets;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// What a socket is, in the kernel's numbers: the three arguments of socket(2). All zero for a FIFO, which is no socket.
/// </summary>
internal readonly record struct SocketKind(int Domain, int Type, int Protocol)
{
    public bool IsSocket => Domain != 0;

    public bool IsInternet => Domain is Libc.AF_INET or Libc.AF_INET6;

    public bool IsUnix => Domain == Libc.AF_UNIX;

    public bool IsVsock => Domain == Libc.AF_VSOCK;

    public bool IsTcp => IsInternet && Type == Libc.SOCK_STREAM;

    /// <summary>As the configuration file calls it.</summary>
    public string Scheme => (Domain, Type) switch
    {
        (Libc.AF_UNIX, Libc.SOCK_STREAM) => "unix",
        (Libc.AF_UNIX, Libc.SOCK_DGRAM) => "unix-dgram",
        (Libc.AF_UNIX, _) => "unix-seqpacket",
        (Libc.AF_VSOCK, _) => "vsock",
        (0, _) => "fifo",
        (_, Libc.SOCK_STREAM) => "tcp",
        _ => "udp",
    };

    /// <summary>What an endpoint of the file will be. Not for a socket that was handed over, which has to be asked.</summary>
    public static SocketKind Of(Endpoint endpoint) => endpoint.Transport switch
    {
        Transport.Tcp when endpoint.IsMultipath => new(DomainOf(endpoint), Libc.SOCK_STREAM, Libc.IPPROTO_MPTCP),
        Transport.Tcp => new(DomainOf(endpoint), Libc.SOCK_STREAM, Libc.IPPROTO_TCP),
        Transport.Udp => new(DomainOf(endpoint), Libc.SOCK_DGRAM, Libc.IPPROTO_UDP),
        Transport.Unix => new(Libc.AF_UNIX, Libc.SOCK_STREAM, 0),
        Transport.UnixDatagram => new(Libc.AF_UNIX, Libc.SOCK_DGRAM, 0),
        Transport.UnixSeqpacket => new(Libc.AF_UNIX, Libc.SOCK_SEQPACKET, 0),
        Transport.Vsock => new(Libc.AF_VSOCK, Libc.SOCK_STREAM, 0),
        _ => default,
    };

    /// <summary>What a descriptor is; all zero when it is no socket.</summary>
    public static SocketKind OfSocket(int socket) => new(
        Ask(socket, Libc.SO_DOMAIN), Ask(socket, Libc.SO_TYPE), Ask(socket, Libc.SO_PROTOCOL));

    /// <summary>A number that a socket has at SOL_SOCKET; 0 when it has none.</summary>
    public static int Ask(int socket, int option)
    {
        var value = 0;
        var length = (uint)sizeof(int);
        return Libc.getsockopt(socket, Libc.SOL_SOCKET, option, ref value, ref length) == 0 ? value : 0;
    }

    /// <summary>A new socket of this kind, closed on exec.</summary>
    public FileDescriptor Make(int flags = 0) => Libc.socket(Domain, Type | Libc.SOCK_CLOEXEC | flags, Protocol);

    private static int DomainOf(Endpoint endpoint) =>
        endpoint.Address!.AddressFamily == AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6;
}
