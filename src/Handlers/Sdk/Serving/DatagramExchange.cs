using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Serving;

/// <summary>One datagram and its answer at a time, in buffers that live as long as the server: recvmsg(2) and sendmsg(2), nothing else.</summary>
internal sealed unsafe class DatagramExchange
{
    // More than UDP can carry (65,507), and what a Unix socket takes by default.
    private const int MaxDatagram = 256 * 1024;
    private const int MaxControl = 256;

    private readonly int _socket;
    private readonly byte[] _question = GC.AllocateUninitializedArray<byte>(MaxDatagram, pinned: true);
    private readonly byte[] _answer = GC.AllocateUninitializedArray<byte>(MaxDatagram, pinned: true);
    private readonly byte[] _name = GC.AllocateArray<byte>(Libc.SockaddrStorageSize, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(MaxControl, pinned: true);
    private int _length;
    private int _nameLength;

    public DatagramExchange(int socket) => _socket = socket;

    public SocketName Source { get; private set; }

    public LocalAddress? Asked { get; private set; }

    /// <summary>The sender's name as the kernel has it.</summary>
    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _nameLength);

    public ReadOnlySpan<byte> Question => _question.AsSpan(0, _length);

    public Span<byte> Answer => _answer;

    /// <summary>Where an answer goes that is not ready yet.</summary>
    public WayBack WayBack => new(_name[.._nameLength], Asked);

    /// <summary>The last attempt to receive found that the one client of a connected socket has closed its own.</summary>
    public bool IsAlone { get; private set; }

    /// <summary>The last attempt to receive found nothing; any other failure is an old answer's, and there may be more behind it.</summary>
    public bool IsDry { get; private set; }

    /// <summary>Takes the next datagram; false when none waits. An error that an earlier answer left on the socket is none either.</summary>
    public bool Receive()
    {
        var message = Message(_question, MaxDatagram, _name.Length, MaxControl, out var part);
        message.msg_iov = &part;
        var got = Libc.recvmsg(_socket, ref message, Libc.MSG_DONTWAIT);
        if (got < 0)
        {
            IsAlone = Errno.Last == Errno.ECONNREFUSED;
            IsDry = Errno.Last == Errno.EAGAIN;
            return false;
        }

        _length = (int)got;
        _nameLength = (int)message.msg_namelen;
        Source = SocketName.Parse(_name.AsSpan(0, _nameLength));
        Asked = LocalAddress.Find(_control.AsSpan(0, (int)message.msg_controllen));
        return true;
    }

    /// <summary>Sends the first bytes of <see cref="Answer"/> back to where the question came from, or nothing when negative.</summary>
    public void Reply(int length)
    {
        if (length >= 0)
        {
            var control = Asked?.Write(_control) ?? 0;
            var message = Message(_answer, length, _nameLength, control, out var part);
            message.msg_iov = &part;
            _ = Libc.sendmsg(_socket, message, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
        }
    }

    /// <summary>Sends the first bytes of <see cref="Answer"/> to somebody whose question came earlier.</summary>
    public void Reply(WayBack to, int length)
    {
        to.Name.CopyTo(_name, 0);
        (_nameLength, Asked) = (to.Name.Length, to.Asked);
        Reply(length);
    }

    // The buffers are pinned for life, so their addresses may outlive the fixed block.
    private Libc.MsgHdr Message(byte[] payload, int length, int nameLength, int controlLength, out Libc.IoVec part)
    {
        part = new Libc.IoVec { iov_base = Address(payload), iov_len = (nuint)length };
        return new Libc.MsgHdr
        {
            msg_name = nameLength == 0 ? null : Address(_name),
            msg_namelen = (uint)nameLength,
            msg_iovlen = 1,
            msg_control = controlLength == 0 ? null : Address(_control),
            msg_controllen = (nuint)controlLength,
        };
    }

    private static void* Address(byte[] pinned)
    {
        fixed (byte* first = pinned)
        {
            return first;
        }
    }
}
