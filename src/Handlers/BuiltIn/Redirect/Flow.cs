using System.Globalization;
using System.Net;
using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// The datagrams of one peer and the answers to them, on a socket of their own that is connected to the target, so that nobody else's
/// datagrams are taken for answers. A target that refuses is followed by the next, which gets what the others have not answered.
/// </summary>
internal sealed class Flow(SocketName peer, WayBack back, RedirectSettings settings, HostBook book, Watch<Flow> watch)
{
    // A peer that hears nothing asks again.
    private const int MostUnanswered = 4;

    private readonly Queue<(Target Target, IPEndPoint Address)> _untried = new();
    private readonly Queue<byte[]> _unanswered = new();
    private readonly long _since = Environment.TickCount64;
    private int _socket = Dial.NoSocket;
    private int _tried;
    private string _where = "nowhere";
    private (int Datagrams, long Bytes) _in;
    private (int Datagrams, long Bytes) _out;

    public SocketName Peer => peer;

    public WayBack Back => back;

    public long MovedAt { get; private set; } = Environment.TickCount64;

    /// <summary>Closed, or no target is left.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Goes to the next address, or waits for it to be looked up.</summary>
    public void Open()
    {
        Shut();
        while (_untried.TryDequeue(out var next))
        {
            if (Connect(next.Target, next.Address))
            {
                Array.ForEach([.. _unanswered], datagram => _ = Send(datagram));
                return;
            }
        }

        TakeTarget();
    }

    public void Pass(ReadOnlySpan<byte> datagram)
    {
        MovedAt = Environment.TickCount64;
        _in = (_in.Datagrams + 1, _in.Bytes + datagram.Length);
        if (_out.Datagrams == 0 && _unanswered.Count < MostUnanswered)
        {
            _unanswered.Enqueue(datagram.ToArray());
        }

        // What is refused was an earlier one, and this has not been sent.
        while (_socket != Dial.NoSocket && !Send(datagram))
        {
            Open();
        }
    }

    /// <summary>Takes the next answer; gives its length, negative when there is none.</summary>
    public int Hear(Span<byte> answer)
    {
        var got = (int)Libc.recv(_socket, answer, (nuint)answer.Length, Libc.MSG_DONTWAIT);
        if (got >= 0)
        {
            MovedAt = Environment.TickCount64;
            _out = (_out.Datagrams + 1, _out.Bytes + got);
            _unanswered.Clear();
        }
        else if (Errno.Last is not (Errno.EAGAIN or Errno.EINTR))
        {
            Open();
        }

        return got;
    }

    public void Close(string how)
    {
        IsOver = true;
        Shut();
        var time = (Environment.TickCount64 - _since) / 1000.0;
        new Log().Information(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name} to {_where}: {Told(_in)} in, {Told(_out)} out, {time:0.###} s: {how}"));
    }

    private string Name => peer is { Address: { } address, Port: { } port } ? new IPEndPoint(address, port).ToString() : "a local client";

    private static string Told((int Datagrams, long Bytes) count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count.Bytes} bytes in {count.Datagrams} datagrams");

    private void Shut()
    {
        if (_socket != Dial.NoSocket)
        {
            watch.Close(_socket);
            _socket = Dial.NoSocket;
        }
    }

    private void TakeTarget()
    {
        if (_tried == settings.Targets.Count)
        {
            Close("no target answers");
            return;
        }

        var target = settings.Targets[_tried++];
        if (target.Known is IPEndPoint known)
        {
            Take(target, [known.Address]);
        }
        else if (book.Recent(target.Host!) is { } addresses)
        {
            Take(target, addresses);
        }
        else
        {
            book.Ask(target.Host!, found => Take(target, found));
        }
    }

    private void Take(Target target, IReadOnlyList<IPAddress> addresses)
    {
        if (IsOver)
        {
            return;     // it has been closed while the look-up went on
        }

        foreach (var address in addresses)
        {
            _untried.Enqueue((target, new IPEndPoint(address, target.Port)));
        }

        Open();
    }

    private bool Connect(Target target, IPEndPoint address)
    {
        var (family, sockaddr) = Target.ForKernel(address);
        var socket = Libc.socket(family, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (socket < 0 || Libc.connect(socket, sockaddr, (uint)sockaddr.Length) < 0)
        {
            _ = Libc.close(socket);
            return false;
        }

        watch.Set(socket, Libc.POLLIN, this);
        _socket = socket;
        _where = target.Host is null ? target.Text : $"{target} ({address.Address})";
        return true;
    }

    // Without room it is lost, as datagrams are.
    private bool Send(ReadOnlySpan<byte> datagram) =>
        Libc.send(_socket, datagram, (nuint)datagram.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL) >= 0
        || Errno.Last != Errno.ECONNREFUSED;
}
