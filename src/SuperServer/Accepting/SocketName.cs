using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// The name of one end of a socket: address and port of the Internet; or else the path of a Unix socket, or machine and port of
/// a vsock, with the address all zero.
/// </summary>
internal readonly record struct SocketName(InternetAddress Address, ushort Port)
{
    public const int OffsetOfPath = 2;
    public const int OffsetOfVsockPort = 4;
    public const int OffsetOfVsockCid = 8;
    public const int SizeOfVsock = 16;

    private const int OffsetOfPort = 2;
    private const int OffsetOfV4 = 4;
    private const int OffsetOfV6 = 8;
    private const int OffsetOfScope = 24;

    // Bytes of a path that are no text would be another path after a detour through a string.
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Of a Unix socket: its path, or "@name" in the abstract namespace; null when it has none that is text.</summary>
    public string? Path { get; private init; }

    /// <summary>Of a vsock; null for all others.</summary>
    public VsockAddress? Vsock { get; private init; }

    /// <summary>Every address of its family: where somebody came to stands in the accepted socket only.</summary>
    public bool IsWildcard => Vsock is { } vsock ? vsock.Cid is null : Address.IsWildcard && Path is null;

    /// <summary>A name in the kernel's form, of which so many bytes count.</summary>
    public static SocketName OfVsock(VsockAddress address) => new() { Vsock = address };

    public static SocketName Read(in Libc.sockaddr_storage storage, uint length)
    {
        ReadOnlySpan<byte> bytes = storage;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[OffsetOfPort..]);
        return MemoryMarshal.Read<ushort>(bytes) switch
        {
            Libc.AF_INET => new(InternetAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes[OffsetOfV4..])), port),
            Libc.AF_INET6 => new(
                InternetAddress.FromV6(bytes.Slice(OffsetOfV6, 16), MemoryMarshal.Read<uint>(bytes[OffsetOfScope..])), port),
            Libc.AF_UNIX => new() { Path = ReadPath(bytes[..(int)Math.Min(length, bytes.Length)]) },
            Libc.AF_VSOCK => new()
            {
                Vsock = new VsockAddress(
                    MemoryMarshal.Read<uint>(bytes[OffsetOfVsockCid..]) is var cid and not Libc.VMADDR_CID_ANY ? cid : null,
                    MemoryMarshal.Read<uint>(bytes[OffsetOfVsockPort..])),
            },
            _ => default,
        };
    }

    /// <summary>The name that a descriptor is bound to; false for a socket that the kernel has already forgotten.</summary>
    public static bool TryGet(int socket, out SocketName name)
    {
        Libc.sockaddr_storage storage = default;
        var length = (uint)Unsafe.SizeOf<Libc.sockaddr_storage>();
        var isKnown = Libc.getsockname(socket, ref storage, ref length) == 0;
        name = isKnown ? Read(storage, length) : default;
        return isKnown;
    }

    /// <summary>The kernel's form of an endpoint, and how many bytes of it count (ip(7), ipv6(7), unix(7), vsock(7)).</summary>
    public static Libc.sockaddr_storage Write(Endpoint endpoint, out uint length)
    {
        Libc.sockaddr_storage storage = default;
        Span<byte> bytes = storage;
        length = endpoint.Path is { } path ? WritePath(path, bytes)
            : endpoint.Vsock is { } vsock ? Write(vsock, bytes)
            : Write(endpoint.Address!, bytes);
        return storage;
    }

    private static string? ReadPath(ReadOnlySpan<byte> address)
    {
        var path = address[Math.Min(OffsetOfPath, address.Length)..];
        var isAbstract = path is [0, _, ..];
        path = isAbstract ? path[1..] : path.TrimEnd((byte)0);
        if (path.IsEmpty || path.Contains((byte)0))
        {
            return null;
        }

        try
        {
            return isAbstract ? $"@{_strict.GetString(path)}" : _strict.GetString(path);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // An abstract name begins with a NUL and has no other end than the length; a path ends with one.
    private static uint WritePath(string path, Span<byte> bytes)
    {
        BitConverter.TryWriteBytes(bytes, (ushort)Libc.AF_UNIX);
        var length = OffsetOfPath + Encoding.UTF8.GetBytes(path, bytes[OffsetOfPath..^1]);
        if (path[0] == '@')
        {
            bytes[OffsetOfPath] = 0;
            return (uint)length;
        }

        return (uint)length + 1;
    }

    private static uint Write(VsockAddress address, Span<byte> bytes)
    {
        BitConverter.TryWriteBytes(bytes, (ushort)Libc.AF_VSOCK);
        BitConverter.TryWriteBytes(bytes[OffsetOfVsockPort..], address.Port == 0 ? Libc.VMADDR_PORT_ANY : address.Port);
        BitConverter.TryWriteBytes(bytes[OffsetOfVsockCid..], address.Cid ?? Libc.VMADDR_CID_ANY);
        return SizeOfVsock;
    }

    private static uint Write(IPEndPoint address, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes[OffsetOfPort..], (ushort)address.Port);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(bytes, (ushort)Libc.AF_INET);
            address.Address.TryWriteBytes(bytes[OffsetOfV4..], out _);
            return 16;
        }

        BitConverter.TryWriteBytes(bytes, (ushort)Libc.AF_INET6);
        address.Address.TryWriteBytes(bytes[OffsetOfV6..], out _);
        BitConverter.TryWriteBytes(bytes[OffsetOfScope..], (uint)address.Address.ScopeId);
        return 28;
    }

    public override string ToString() => Vsock is { } vsock ? $"vsock:{vsock}"
        : Path is not null ? $"unix:{Path}"
        : Address.IsV4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}
