using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Tests.Support;

/// <summary>The daemon's half of the pool protocol, with one worker.</summary>
internal sealed unsafe class PoolDaemon : IDisposable
{
    private readonly Socket _socket;

    public PoolDaemon(string handler, params (string Name, string Value)[] environment)
    {
        Span<int> ends = stackalloc int[2];
        Assert.Equal(0, Posix.socketpair(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC, 0, ends));
        _socket = new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)) { ReceiveTimeout = 10_000 };
        TheirEnd = new Socket(new SafeSocketHandle(ends[1], ownsHandle: true));
        Worker = HandlerProcess.Start(handler, TheirEnd, [("SUPERSERVER_POOL", "5000"), .. environment]);
    }

    public HandlerProcess Worker { get; }

    /// <summary>What the worker has on 0, kept open here to look at it; <see cref="Close"/> is told to the worker all the same.</summary>
    public Socket TheirEnd { get; }

    /// <summary>What the daemon knows about each client, beside its id.</summary>
    public string Variables { get; init; } = "TCPREMOTEIP=127.0.0.1\0";

    /// <summary>Hands over a connection, which is the worker's alone from then on.</summary>
    public void Hand(string id, Socket accepted)
    {
        Send(id, (int)accepted.Handle);
        accepted.Dispose();
    }

    /// <summary>A client whose connection the worker has.</summary>
    public Socket Connect(string id)
    {
        var (client, accepted) = Sockets.Pair();
        Hand(id, accepted);
        return client;
    }

    /// <summary>A client who visits a worker of the vestibule: the worker has a duplicate, the daemon keeps the socket.</summary>
    public VestibuleVisit Visit(string id, int timeout = 10_000)
    {
        var (client, accepted) = Sockets.Pair();
        Show(id, timeout, (int)accepted.Handle);
        return new VestibuleVisit(client, accepted);
    }

    public void Show(string id, int timeout, params ReadOnlySpan<int> descriptors) =>
        Send($"PROTO=TCP\0SUPERSERVER_CONNECTION={id}\0TCPREMOTEIP=127.0.0.1\0VISIT_TIMEOUT_MS={timeout}\0", descriptors);

    public void Send(string id, int? descriptor) =>
        Send($"PROTO=TCP\0SUPERSERVER_CONNECTION={id}\0{Variables}", descriptor is { } one ? [one] : []);

    private void Send(string variables, ReadOnlySpan<int> descriptors)
    {
        var text = Encoding.ASCII.GetBytes(variables);
        Span<long> control = stackalloc long[3];
        control[0] = 16 + (descriptors.Length * sizeof(int));            // CMSG_LEN; SOL_SOCKET and SCM_RIGHTS are both 1
        control[1] = 1 | (1L << 32);
        descriptors.CopyTo(MemoryMarshal.Cast<long, int>(control[2..]));
        nint sent;
        fixed (byte* bytes = text)
        fixed (long* rights = control)
        {
            var part = new Libc.IoVec { iov_base = bytes, iov_len = (nuint)text.Length };
            var message = new Libc.MsgHdr { msg_iov = &part, msg_iovlen = 1 };
            if (!descriptors.IsEmpty)
            {
                message.msg_control = rights;
                message.msg_controllen = 24;
            }

            sent = Libc.sendmsg((int)_socket.Handle, message, Libc.MSG_NOSIGNAL);
        }

        Assert.Equal(text.Length, sent);
    }

    /// <summary>The next thing that the worker says.</summary>
    public string Hear()
    {
        var bytes = new byte[4096];
        return Encoding.ASCII.GetString(bytes, 0, _socket.Receive(bytes));
    }

    /// <summary>Sends a visit without a socket, to which the answer is trouble; false when the worker has shut its end for reading.</summary>
    public bool TakesMore() => Libc.send((int)_socket.Handle, "SUPERSERVER_CONNECTION=probe\0"u8, 29, Libc.MSG_NOSIGNAL) > 0;

    /// <summary>There will be no more connections.</summary>
    public void Close() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The daemon is killed.</summary>
    public void Vanish() => _socket.Dispose();

    public void Dispose()
    {
        _socket.Dispose();
        TheirEnd.Dispose();
        Worker.Dispose();
    }
}

/// <summary>A client in the vestibule, and the daemon's own descriptor of his connection.</summary>
internal sealed record VestibuleVisit(Socket Client, Socket Accepted) : IDisposable
{
    public void Dispose()
    {
        Client.Dispose();
        Accepted.Dispose();
    }
}
