using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Recording;

namespace SuperServer.Commands.Try;

/// <summary>
/// Carries what is typed to the handler and shows what it says, until it has ended. This process is the client here, and no daemon:
/// it reads what comes from the handler, as any client does.
/// </summary>
internal sealed unsafe class Conversation(Rehearsing handler, TextWriter error) : IDisposable
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const int Portion = 65_536;

    /// <summary>Datagrams have no end: after the end of the input answers are waited for so long.</summary>
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(1);

    /// <summary>A worker says "done" when it has closed; one that has not by then never will.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private readonly PollSet _turn = new();
    private readonly SignalQueue _signals = new();
    private readonly byte[] _buffer = new byte[Portion];
    private readonly Queue<byte[]> _pending = [];
    private ChildWords? _words;
    private bool _inputIsOpen = true;
    private bool _wordsAreOpen;
    private bool _isDismissed;
    private TimeSpan? _dismissAt;

    public long Sent { get; private set; }

    public long Received { get; private set; }

    /// <summary>How it ended.</summary>
    public Resources Ending { get; private set; } = null!;

    /// <summary>The exit code that a worker gave the connection; null when it never said "done".</summary>
    public int? Done { get; private set; }

    /// <summary>It was told to end, as a server that stays when its client has gone.</summary>
    public bool WasDismissed => _isDismissed;

    private static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    /// <summary>Has the handler started, for whom a datagram waits when it is to have one. Null, or why that failed.</summary>
    public string? Begin()
    {
        if (handler.IsDatagram)
        {
            ReadInput();
        }

        if (handler.Start() is { } why)
        {
            return why;
        }

        _wordsAreOpen = handler.Words >= 0;
        _words = _wordsAreOpen ? new ChildWords(handler.Service.Name, handler.Child.Id, handler.Words) : null;
        return null;
    }

    public void Hold()
    {
        Resources? ending;
        while ((ending = Resources.TryReap(handler.Child)) is null)
        {
            Turn();
        }

        Ending = ending;
        HearOut();
    }

    public void Dispose()
    {
        _signals.Dispose();
        _words?.Dispose();
    }

    private void Turn()
    {
        _turn.Watch(handler.Child.PidFd, Libc.POLLIN, () => { });
        _turn.Watch(_signals.Descriptor, Libc.POLLIN, Obey);
        if (_inputIsOpen && _pending.Count == 0 && handler.Client >= 0)
        {
            _turn.Watch(StandardInput, Libc.POLLIN, ReadInput);
        }

        if (handler.Client >= 0)
        {
            _turn.Watch(handler.Client, _pending.Count > 0 ? (short)(Libc.POLLIN | Libc.POLLOUT) : Libc.POLLIN, Exchange);
        }

        if (_wordsAreOpen)
        {
            _turn.Watch(handler.Words, Libc.POLLIN, HearWords);
        }

        if (handler.Worker is { Socket: >= 0 } worker)
        {
            _turn.Watch(worker.Socket, Libc.POLLIN, HearWorker);
        }

        _turn.Wait(_dismissAt - Now is { } rest ? (rest > TimeSpan.Zero ? rest : TimeSpan.Zero) : null);
        if (_dismissAt <= Now)
        {
            Dismiss();
        }
    }

    private void ReadInput()
    {
        var count = Read(StandardInput);
        if (count <= 0)
        {
            _inputIsOpen = false;
            EndSending();
            return;
        }

        foreach (var portion in handler.IsDatagram ? Lines(_buffer.AsSpan(0, count)) : [_buffer[..count]])
        {
            _pending.Enqueue(portion);
        }

        Send();
    }

    private static List<byte[]> Lines(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<byte[]>();
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n') + 1;
            end = end == 0 ? bytes.Length : end;
            lines.Add(bytes[..end].ToArray());
            bytes = bytes[end..];
        }

        return lines;
    }

    private void EndSending()
    {
        if (!handler.IsDatagram)
        {
            _ = Libc.shutdown(handler.Client, Libc.SHUT_WR);
            return;
        }

        if (Sent == 0)
        {
            _ = Libc.send(handler.Client, null, 0, Libc.MSG_NOSIGNAL);     // an empty one is one, too
        }

        DismissAfter(_silence);
    }

    // The handler may have closed its end meanwhile: then nobody hears the rest.
    private void Send()
    {
        while (_pending.TryPeek(out var portion))
        {
            var count = Send(portion);
            if (count < 0)
            {
                if (Errno.Last is not (Errno.EAGAIN or Errno.EINTR))
                {
                    _pending.Clear();
                    _inputIsOpen = false;
                }

                return;
            }

            Sent += count;
            _ = _pending.Dequeue();
            if (count < portion.Length)
            {
                _pending.Enqueue(portion[count..]);      // of a stream, which has one portion at a time
            }
        }
    }

    private int Send(byte[] portion)
    {
        fixed (byte* start = portion)
        {
            return (int)Libc.send(handler.Client, start, (nuint)portion.Length, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT);
        }
    }

    private void Exchange()
    {
        if (_pending.Count > 0)
        {
            Send();
        }

        Receive();
    }

    // Returns whether there may be more.
    private bool Receive()
    {
        var count = Read(handler.Client);
        if (count > 0)
        {
            Received += count;
            Show(_buffer.AsSpan(0, count));
            if (_dismissAt is not null && handler.IsDatagram)
            {
                DismissAfter(_silence);
            }
        }
        else if ((count == 0 && !handler.IsDatagram) || (count < 0 && Errno.Last is not (Errno.EAGAIN or Errno.EINTR)))
        {
            handler.HangUp();
            Depart();
        }

        return count > 0;
    }

    private void Show(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var shown = 0; shown < bytes.Length;)
            {
                var count = (int)Libc.write(StandardOutput, start + shown, (nuint)(bytes.Length - shown));
                if (count < 0 && Errno.Last != Errno.EINTR)
                {
                    handler.HangUp();       // nobody looks any more
                    Depart();
                    return;
                }

                shown += Math.Max(0, count);
            }
        }
    }

    // The connection is over. A handler of one client ends by itself; a server waits for the next client, who will not come.
    private void Depart()
    {
        _inputIsOpen = false;
        _pending.Clear();
        if (handler.Stays)
        {
            DismissAfter(handler.Worker is null || Done is not null ? TimeSpan.Zero : _patience);
        }
    }

    private void DismissAfter(TimeSpan time) => _dismissAt = Now + time;

    private void Dismiss()
    {
        if (_isDismissed)
        {
            handler.Signal(Libc.SIGKILL);
            error.WriteLine($"superserver: it did not end within {handler.Service.StopTimeout.TotalSeconds} s and is killed");
            _dismissAt = null;
            return;
        }

        _isDismissed = true;
        handler.HangUp();
        handler.Dismiss();
        DismissAfter(handler.Service.StopTimeout);
    }

    private void HearWorker()
    {
        while (handler.Worker!.TryHear(out var done))
        {
            if (done is { } message)
            {
                Done = message.ExitCode;
                DismissAfter(TimeSpan.Zero);
            }
            else
            {
                error.WriteLine("superserver: it has sent a message that is not \"done ID CODE\" of the connection it has");
            }
        }

        if (handler.Worker.HasHungUp)
        {
            handler.Worker.Dismiss();
        }
    }

    private void HearWords() => _wordsAreOpen = _words!.Listen((_, _, line) => error.WriteLine($"[{handler.Service.Name}] {line}"));

    private void Obey()
    {
        if (!_signals.Take().HasFlag(Orders.Stop))
        {
            return;
        }

        if (handler.Client < 0)
        {
            handler.Signal(Libc.SIGKILL);
            return;
        }

        error.WriteLine("superserver: the client has gone; the handler has yet to notice (Ctrl-C once more kills it)");
        handler.HangUp();
        Depart();
    }

    // What it said before it ended is still on its way to us.
    private void HearOut()
    {
        while (_wordsAreOpen && IsReadable(handler.Words))
        {
            HearWords();
        }

        while (handler.Client >= 0 && IsReadable(handler.Client) && Receive())
        {
        }
    }

    private static bool IsReadable(int descriptor)
    {
        var polled = new Libc.pollfd { fd = descriptor, events = Libc.POLLIN };
        return Libc.poll(ref polled, 1, 20) > 0;
    }

    private int Read(int descriptor)
    {
        fixed (byte* start = _buffer)
        {
            return (int)Libc.read(descriptor, start, Portion);
        }
    }
}
