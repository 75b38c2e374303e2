using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>Address and port of one end of an Internet socket. All zero for a Unix socket, which has none.</summary>
internal readonly record struct SocketName(InternetAddress Address, ushort Port)
{
    private const int OffsetOfPort = 2;
    private const int OffsetOfV4 = 4;
    private const int OffsetOfV6 = 8;
    private const int OffsetOfScope = 24;
    private const int OffsetOfPath = 2;

    public static SocketName Read(in Libc.sockaddr_storage storage)
    {
        ReadOnlySpan<byte> bytes = storage;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[OffsetOfPort..]);
        return MemoryMarshal.Read<ushort>(bytes) switch
        {
            Libc.AF_INET => new(InternetAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes[OffsetOfV4..])), port),
            Libc.AF_INET6 => new(
                InternetAddress.FromV6(bytes.Slice(OffsetOfV6, 16), MemoryMarshal.Read<uint>(bytes[OffsetOfScope..])), port),
            _ => default,
        };
    }

    /// <summary>The name that a descriptor is bound to; false for a socket that the kernel has already forgotten.</summary>
    public static bool TryGet(int socket, out SocketName name)
    {
        Libc.sockaddr_storage storage = default;
        var length = (uint)Unsafe.SizeOf<Libc.sockaddr_storage>();
        var isKnown = Libc.getsockname(socket, ref storage, ref length) == 0;
        name = isKnown ? Read(storage) : default;
        return isKnown;
    }

    /// <summary>The kernel's form of an endpoint, and how many bytes of it count (ip(7), ipv6(7), unix(7)).</summary>
    public static Libc.sockaddr_storage Write(Endpoint endpoint, out uint length)
    {
        Libc.sockaddr_storage storage = default;
        Span<byte> bytes = storage;
        if (endpoint.Path is { } path)
        {
            BitConverter.TryWriteBytes(bytes, (ushort)Libc.AF_UNIX);
            length = (uint)(OffsetOfPath + Encoding.UTF8.GetBytes(path, bytes[OffsetOfPath..^1]) + 1);
            return storage;
        }

        length = Write(endpoint.Address!, bytes);
        return storage;
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

    public override string ToString() => Address.IsV4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}
