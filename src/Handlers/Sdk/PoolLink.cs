using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers;

/// <summary>What a worker finds when it looks for the next connection.</summary>
internal enum PoolNews
{
    /// <summary>Nothing at the moment.</summary>
    None,

    /// <summary>A connection.</summary>
    Connection,

    /// <summary>The daemon has closed its end: there will be no more, and the worker ends when it has finished what it has.</summary>
    End,
}

/// <summary>
/// A worker's end of the pool protocol (docs/handlers/README.md): connections come as messages with a descriptor each, and for each goes
/// back one line when it is over. Never changes the socket itself, and may be used by one thread to receive and by any to answer.
/// </summary>
internal sealed unsafe class PoolLink(int socket)
{
    /// <summary>Set for workers, to the number of connections that one has at once.</summary>
    public const string Variable = "SUPERSERVER_POOL";

    // The longest message, and more: a longer one would be cut.
    private const int MaxMessage = 4096;

    // One descriptor and its header, aligned; with room for a few more, which would be closed by nobody if they were cut off.
    private const int MaxControl = 64;
    private const int MaxDone = 128;

    private readonly byte[] _message = GC.AllocateUninitializedArray<byte>(MaxMessage, pinned: true);
    private readonly byte[] _control = GC.AllocateUninitializedArray<byte>(MaxControl, pinned: true);

    /// <summary>This process is a worker: descriptor 0 is no client.</summary>
    public static bool IsWorker => Environment.GetEnvironmentVariable(Variable) is not null && InheritedSocket.KeepsMessagesApart();

    public int Socket => socket;

    /// <summary>Takes the next connection, if there is one; with <paramref name="waits"/> it waits for it.</summary>
    public PoolNews Receive(out PoolConnection connection, bool waits = false)
    {
        connection = default;
        nuint controlLength = MaxControl;
        var flags = Libc.MSG_CMSG_CLOEXEC | (waits ? 0 : Libc.MSG_DONTWAIT);
        nint got;
        fixed (byte* message = _message, control = _control)
        {
            var part = new Libc.IoVec { iov_base = message, iov_len = MaxMessage };
            var header = new Libc.MsgHdr
            {
                msg_iov = &part,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = controlLength,
            };
            got = Libc.recvmsg(socket, ref header, flags);
            controlLength = header.msg_controllen;
        }

        if (got <= 0)
        {
            return got < 0 && Errno.Last is (Errno.EAGAIN or Errno.EINTR) ? PoolNews.None : PoolNews.End;
        }

        var descriptors = Descriptors(_control.AsSpan(0, (int)controlLength));
        connection = new PoolConnection(Descriptor(descriptors, 0), _message.AsSpan(0, (int)got)) { Second = Descriptor(descriptors, 1) };
        return PoolNews.Connection;
    }

    /// <summary>A connection is over and its socket closed. Waits if the daemon has not read what was said before.</summary>
    public void Done(ReadOnlySpan<byte> id, int exitCode)
    {
        Span<byte> line = stackalloc byte[MaxDone];
        "done "u8.CopyTo(line);
        id.CopyTo(line[5..]);
        var length = 5 + id.Length;
        line[length++] = (byte)' ';
        _ = Utf8Formatter.TryFormat(exitCode, line[length..], out var digits);
        Say(line[..(length + digits)]);
    }

    /// <summary>One message to the daemon, in the words of whatever protocol the two have. Waits as <see cref="Done"/> does.</summary>
    public void Say(ReadOnlySpan<byte> message)
    {
        nint sent;
        do
        {
            sent = Libc.send(socket, message, (nuint)message.Length, Libc.MSG_NOSIGNAL);
        }
        while (sent < 0 && Errno.Last == Errno.EINTR);
    }

    private static ReadOnlySpan<int> Descriptors(ReadOnlySpan<byte> control)
    {
        var headerSize = Unsafe.SizeOf<Libc.CmsgHdr>();
        if (control.Length < headerSize)
        {
            return [];
        }

        var header = MemoryMarshal.Read<Libc.CmsgHdr>(control);
        var end = Math.Min((int)header.cmsg_len, control.Length);
        return (header.cmsg_level, header.cmsg_type) == (Libc.SOL_SOCKET, Libc.SCM_RIGHTS) && end > headerSize
            ? MemoryMarshal.Cast<byte, int>(control[headerSize..end])
            : [];
    }

    private static int Descriptor(ReadOnlySpan<int> descriptors, int index) =>
        index < descriptors.Length ? descriptors[index] : PoolConnection.NoSocket;
}
