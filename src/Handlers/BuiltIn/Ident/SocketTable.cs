using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Ident;

/// <summary>
/// Asks the kernel for one connection by its four numbers (sock_diag(7)), which needs no privilege and no walk through all of them. Where
/// that is forbidden, /proc/net/tcp is read.
/// </summary>
internal static class SocketTable
{
    private const int HeaderSize = 16;
    private const int RequestSize = HeaderSize + 56;
    private const int OffsetOfId = HeaderSize + 8;
    private const int OffsetOfAnswerId = HeaderSize + 4;
    private const int OffsetOfUid = HeaderSize + 64;
    private const int AnswerSize = HeaderSize + 72;

    public static Owner Find(IPEndPoint here, IPEndPoint there)
    {
        var socket = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, Libc.NETLINK_SOCK_DIAG);
        if (socket < 0)
        {
            return ProcTable.Find(here, there);
        }

        try
        {
            return Ask(socket, here, there);
        }
        finally
        {
            _ = Libc.close(socket);
        }
    }

    // The kernel has answered before send returns.
    private static Owner Ask(int socket, IPEndPoint here, IPEndPoint there)
    {
        Span<byte> message = stackalloc byte[1024];
        var request = message[..RequestSize];
        Write(request, here, there);
        if (Libc.send(socket, request, RequestSize, 0) < 0)
        {
            return ProcTable.Find(here, there);
        }

        var got = (int)Libc.recv(socket, message, (nuint)message.Length, Libc.MSG_DONTWAIT);
        return got < HeaderSize + sizeof(int) ? new Owner.Unknown("the kernel did not answer") : Read(message[..got], here, there);
    }

    /// <summary>struct nlmsghdr and struct inet_diag_req_v2.</summary>
    private static void Write(Span<byte> request, IPEndPoint here, IPEndPoint there)
    {
        request.Clear();
        MemoryMarshal.Write(request, RequestSize);
        MemoryMarshal.Write(request[4..], (ushort)Libc.SOCK_DIAG_BY_FAMILY);
        MemoryMarshal.Write(request[6..], (ushort)Libc.NLM_F_REQUEST);
        request[HeaderSize] = (byte)(here.AddressFamily == AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6);
        request[HeaderSize + 1] = Libc.IPPROTO_TCP;
        MemoryMarshal.Write(request[(HeaderSize + 4)..], -1);       // in any state
        WriteId(request[OffsetOfId..], here, there);
    }

    /// <summary>struct inet_diag_sockid, without a cookie.</summary>
    private static void WriteId(Span<byte> id, IPEndPoint here, IPEndPoint there)
    {
        BinaryPrimitives.WriteUInt16BigEndian(id, (ushort)here.Port);
        BinaryPrimitives.WriteUInt16BigEndian(id[2..], (ushort)there.Port);
        _ = here.Address.TryWriteBytes(id[4..20], out _);
        _ = there.Address.TryWriteBytes(id[20..36], out _);
        if (here.Address.IsIPv6LinkLocal)
        {
            MemoryMarshal.Write(id[36..], (uint)here.Address.ScopeId);
        }

        id[40..48].Fill(0xff);
    }

    private static Owner Read(ReadOnlySpan<byte> answer, IPEndPoint here, IPEndPoint there)
    {
        if (MemoryMarshal.Read<ushort>(answer[4..]) == Libc.NLMSG_ERROR)
        {
            return -MemoryMarshal.Read<int>(answer[HeaderSize..]) is var error && error == Errno.ENOENT
                ? new Owner.Nobody()
                : new Owner.Unknown(Errno.Text(error));
        }

        // Where there is no such connection the kernel finds whoever listens.
        return answer.Length < AnswerSize ? new Owner.Unknown("the kernel's answer is short")
            : !SocketStates.HaveOwner(answer[HeaderSize + 1]) || !IsAsked(answer[OffsetOfAnswerId..], here, there) ? new Owner.Nobody()
            : new Owner.Somebody(MemoryMarshal.Read<uint>(answer[OffsetOfUid..]));
    }

    private static bool IsAsked(ReadOnlySpan<byte> id, IPEndPoint here, IPEndPoint there) =>
        BinaryPrimitives.ReadUInt16BigEndian(id) == here.Port && BinaryPrimitives.ReadUInt16BigEndian(id[2..]) == there.Port;
}
