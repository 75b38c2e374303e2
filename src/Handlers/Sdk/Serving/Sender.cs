using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Serving;

/// <summary>Where a datagram came from and which of our addresses it came to, for as long as an answer may take.</summary>
internal sealed unsafe class Sender(int socket, byte[] name, LocalAddress? asked)
{
    private const int MaxControl = 64;

    public LocalAddress? Asked => asked;

    /// <summary>False when the kernel would not take it: no room, too long, the sender known to be gone.</summary>
    public bool Send(ReadOnlySpan<byte> answer)
    {
        Span<byte> control = stackalloc byte[MaxControl];
        var controlLength = asked?.Write(control) ?? 0;
        fixed (byte* to = name, payload = answer, ancillary = control)
        {
            var part = new Libc.IoVec { iov_base = payload, iov_len = (nuint)answer.Length };
            var message = new Libc.MsgHdr
            {
                msg_name = to,
                msg_namelen = (uint)name.Length,
                msg_iov = &part,
                msg_iovlen = 1,
                msg_control = controlLength == 0 ? null : ancillary,
                msg_controllen = (nuint)controlLength,
            };
            return Libc.sendmsg(socket, message, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL) == answer.Length;
        }
    }
}
