using System.Globalization;
using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// One client and the target found for him: two lanes, each with an end of its own, so that a client who has said everything still
/// hears the answer. Steps never wait.
/// </summary>
internal sealed class Relay
{
    // What one end has still said before it went is passed on while the other takes it. If that takes nothing it may be waiting to be
    // heard itself, and would wait for ever.
    private const long PatienceForLastWords = 5_000;

    private readonly Guest _guest;
    private readonly RedirectSettings _settings;
    private readonly Watch<Relay> _watch;
    private readonly Dial _dial;
    private readonly long _since = Environment.TickCount64;
    private Lane? _in;
    private Lane? _out;
    private long _movedAt;

    /// <param name="guest">Whose socket is ours from now on.</param>
    /// <param name="settings">Where to.</param>
    /// <param name="book">Knows hosts.</param>
    /// <param name="watch">Sees when something can move.</param>
    /// <param name="changed">Called when something has come about in nobody's step.</param>
    public Relay(Guest guest, RedirectSettings settings, HostBook book, Watch<Relay> watch, Action<Relay> changed)
    {
        (_guest, _settings, _watch) = (guest, settings, watch);
        _dial = new Dial(settings.Targets, settings.ConnectTimeout, book, watch, this, () =>
        {
            Look();
            changed(this);
        });
    }

    public Guest Guest => _guest;

    public bool IsOver { get; private set; }

    public int ExitCode { get; private set; }

    /// <summary>When <see cref="Tick"/> has something to do, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long Deadline => _in is null ? _dial.Deadline : _movedAt + Patience;

    private long Patience
    {
        get
        {
            var idle = (long)_settings.IdleTimeout.TotalMilliseconds;
            return Deserter is null ? idle : Math.Min(idle, PatienceForLastWords);
        }
    }

    // Who has gone without having heard everything.
    private string? Deserter => _out!.IsCut || _in!.IsUnheard ? "the target has reset"
        : _in.IsCut || _out.IsUnheard ? "the client has reset"
        : null;

    public void Begin()
    {
        _dial.Next();
        Look();
    }

    public void Step(int socket, short events)
    {
        if (_in is null)
        {
            _dial.Step(socket);
            Look();
        }
        else
        {
            var (from, to) = socket == _guest.Socket ? (_in, _out!) : (_out!, _in);
            Carry(Move(from, events & ~Libc.POLLOUT) | Move(to, events & ~Libc.POLLIN));
        }
    }

    public void Tick()
    {
        if (_in is null)
        {
            _dial.Tick();
            Look();
        }
        else if (Environment.TickCount64 >= Deadline)
        {
            End(Deserter ?? $"both ends were silent for {Seconds(Patience)}", isWhole: false);
        }
    }

    // Whether there is a connection now, or none any more.
    private void Look()
    {
        if (_dial.Socket != Dial.NoSocket)
        {
            Connect();
        }
        else if (_dial.Failure is { } why)
        {
            ExitCode = Handlers.ExitCode.TryLater;
            End(why, isWhole: false);
        }
    }

    /// <summary>Closes both sockets and says so.</summary>
    /// <param name="how">For the log.</param>
    /// <param name="isWhole">Both have said everything; otherwise they are told that something is missing.</param>
    public void End(string how, bool isWhole)
    {
        IsOver = true;
        _dial.Abandon();
        Shut(_guest.Socket, isWhole);
        if (_dial.Socket != Dial.NoSocket)
        {
            Shut(_dial.Socket, isWhole);
        }

        Report(how);
    }

    private void Connect()
    {
        byte[] header = _settings.Proxy switch
        {
            ProxyVersion.Version1 => ProxyHeader.Version1(_guest.Visitor),
            ProxyVersion.Version2 => ProxyHeader.Version2(_guest.Visitor),
            _ => [],
        };
        _in = new Lane(_guest.Socket, _dial.Socket, header);
        _out = new Lane(_dial.Socket, _guest.Socket, default);
        _ = _in.Move();
        _ = _out.Move();
        Carry(hasMoved: true);
    }

    // Also after an error, of which poll(2) tells whether it was asked or not.
    private static bool Move(Lane lane, int events) => events != 0 && lane.Move();

    private void Carry(bool hasMoved)
    {
        var (inward, outward) = (_in!, _out!);
        if (hasMoved)
        {
            _movedAt = Environment.TickCount64;
        }

        // Who has gone without an end hears nothing any more. Who has only stopped to listen may have more to say.
        if (inward.IsCut || outward.IsCut)
        {
            End(Deserter!, isWhole: false);
        }
        else if (inward.IsOver && outward.IsOver)
        {
            End(Deserter ?? "done", isWhole: Deserter is null);
        }
        else
        {
            _watch.Set(_guest.Socket, Wanted(inward, outward), this);
            _watch.Set(_dial.Socket, Wanted(outward, inward), this);
        }
    }

    private static short Wanted(Lane fromIt, Lane toIt) =>
        (short)((fromIt.WaitsForSpeaker ? Libc.POLLIN : 0) | (toIt.WaitsForListener ? Libc.POLLOUT : 0));

    // A close without linger is a reset, by which the other end sees that this was not all. But it takes back what is still on its way.
    private void Shut(int socket, bool isWhole)
    {
        var isHeard = Libc.ioctl(socket, Libc.SIOCOUTQ, out var onItsWay) == 0 && onItsWay == 0;
        if (!isWhole && isHeard)
        {
            ReadOnlySpan<byte> atOnce = [1, 0, 0, 0, 0, 0, 0, 0];
            _ = Libc.setsockopt(socket, Libc.SOL_SOCKET, Libc.SO_LINGER, atOnce, (uint)atOnce.Length);
        }

        _watch.Close(socket);
    }

    private void Report(string how)
    {
        if (_in is null)
        {
            _guest.Log.Warning($"{_guest.Name} is not connected: {how}");
            return;
        }

        var time = Seconds(Environment.TickCount64 - _since);
        _guest.Log.Information(string.Create(
            CultureInfo.InvariantCulture,
            $"{_guest.Name} to {_dial.Where}: {_in.Count} bytes in, {_out!.Count} out, {time}: {how}"));
    }

    private static string Seconds(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.###} s");
}
