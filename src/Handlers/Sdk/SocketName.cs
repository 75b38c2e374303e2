using System.Buffers.Binary;
using System.Net;
using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers;

/// <summary>
/// A struct sockaddr as values. IPv4 is IPv4 however the socket spelled it (<c>::ffff:a.b.c.d</c>); only link-local addresses keep
/// a scope. Unix sockets and unknown families have neither address nor port.
/// </summary>
internal readonly record struct SocketName(int Family, IPAddress? Address, int? Port, bool Mapped)
{
    // struct sockaddr_un begins with the family; the path follows.
    private const int PathAt = 2;

    /// <summary>A Unix socket's path, <c>@name</c> in the abstract namespace; null when it has none, as most clients.</summary>
    public string? Path { get; init; }

    /// <summary>The far end of a connected socket; null when the kernel no longer knows it, as after a reset.</summary>
    public static SocketName? OfPeer(int socket)
    {
        Span<byte> address = stackalloc byte[Libc.SockaddrStorageSize];
        var length = (uint)address.Length;
        return Libc.getpeername(socket, address, ref length) == 0 ? Parse(address[..(int)length]) : null;
    }

    /// <summary>The near end: known even after a reset.</summary>
    public static SocketName? OfSelf(int socket)
    {
        Span<byte> address = stackalloc byte[Libc.SockaddrStorageSize];
        var length = (uint)address.Length;
        return Libc.getsockname(socket, address, ref length) == 0 ? Parse(address[..(int)length]) : null;
    }

    public static SocketName Parse(ReadOnlySpan<byte> sockaddr)
    {
        var family = sockaddr.Length >= 2 ? BitConverter.ToUInt16(sockaddr) : 0;
        return (family, sockaddr.Length) switch
        {
            (Libc.AF_INET, >= 8) => new SocketName(family, new IPAddress(sockaddr[4..8]), ReadPort(sockaddr), Mapped: false),
            (Libc.AF_UNIX, > PathAt) => new SocketName(family, Address: null, Port: null, Mapped: false) { Path = ReadPath(sockaddr[PathAt..]) },
            (Libc.AF_INET6, >= 28) => Unified(family, ReadV6(sockaddr), ReadPort(sockaddr)),
            _ => new SocketName(family, Address: null, Port: null, Mapped: false),
        };
    }

    /// <summary>The same address whichever way it was written.</summary>
    public static SocketName Unified(int family, IPAddress address, int? port) =>
        address.IsIPv4MappedToIPv6
            ? new SocketName(family, address.MapToIPv4(), port, Mapped: true)
            : new SocketName(family, address, port, Mapped: false);

    private static string? ReadPath(ReadOnlySpan<byte> path)
    {
        if (path[0] == 0)
        {
            return path.Length == 1 ? null : "@" + Encoding.UTF8.GetString(path[1..]);
        }

        var end = path.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? path : path[..end]);
    }

    private static IPAddress ReadV6(ReadOnlySpan<byte> sockaddr)
    {
        var address = new IPAddress(sockaddr[8..24]);
        if (address.IsIPv6LinkLocal)
        {
            address.ScopeId = BitConverter.ToUInt32(sockaddr[24..28]);
        }

        return address;
    }

    private static int ReadPort(ReadOnlySpan<byte> sockaddr) => BinaryPrimitives.ReadUInt16BigEndian(sockaddr[2..]);
}
