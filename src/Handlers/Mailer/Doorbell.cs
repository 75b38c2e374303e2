using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// What the loop waits on: the daemon's socket, on which a tripwire rings, a bell of our own for signals and finished deliveries,
/// and the daemon's end. A ring carries nothing; it only says "look".
/// </summary>
internal sealed class Doorbell : IDisposable
{
    private const int MostRingsAtOnce = 256;

    /// <summary>Whoever rings without end, and any local user may ring, gets us to look no more often than this.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan _longest = TimeSpan.FromDays(1);
    private static readonly byte[] _one = [1, 0, 0, 0, 0, 0, 0, 0];

    private readonly SafeFileHandle _bell = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
    private SafeFileHandle? _process;
    private int _socket;

    /// <param name="socket">A datagram socket, or anything else, which is then left alone.</param>
    public Doorbell(int socket) => _socket = IsDatagramSocket(socket) ? socket : -1;

    /// <summary>Everything that can happen rings: tripwires, and the end of the daemon. If not, somebody has to look now and then.</summary>
    public bool IsComplete => _socket >= 0 && _process is not null;

    /// <summary>Rings at another mailer's door, or, when none is there, has the daemon start one; nobody cares whether it is heard.</summary>
    public static void RingAt(string? path)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo([0], new UnixDomainSocketEndPoint(path));
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            Log.Say($"the mailer could not be woken ({error.Message}); it looks by itself when the daemon starts it next");
        }
    }

    /// <summary>Wakes the loop; from any thread.</summary>
    public void Ring() => _ = Libc.write(_bell, _one, (nuint)_one.Length);

    /// <summary>The end of this process is a ring as well, where the kernel can say so.</summary>
    public void Watch(int pid)
    {
        var process = Libc.pidfd_open(pid, 0);
        if (process.IsInvalid)
        {
            process.Dispose();
        }
        else
        {
            _process = process;
        }
    }

    /// <summary>Waits until somebody rings, or not longer than <paramref name="limit"/>.</summary>
    public void Wait(TimeSpan limit)
    {
        Span<Libc.PollEntry> entries =
        [
            new() { Descriptor = (int)_bell.DangerousGetHandle(), Events = Libc.POLLIN },
            new() { Descriptor = _socket, Events = Libc.POLLIN },
            new() { Descriptor = _process is { } process ? (int)process.DangerousGetHandle() : -1, Events = Libc.POLLIN },
        ];
        var milliseconds = (int)Math.Clamp(Math.Ceiling(limit.TotalMilliseconds), 0, _longest.TotalMilliseconds);
        if (Libc.poll(entries, (nuint)entries.Length, milliseconds) <= 0)
        {
            return;
        }

        _ = Libc.read(_bell, stackalloc byte[8], 8);
        Drain(entries[1].Returned);
        if (entries[2].Returned != 0)
        {
            // It ends once; an end that is told again and again would keep us from waiting for anything else.
            _process?.Dispose();
            _process = null;
        }
    }

    public void Dispose()
    {
        _bell.Dispose();
        _process?.Dispose();
    }

    private void Drain(short events)
    {
        // A socket in error would wake us for ever; the look at the spool every second goes on without it.
        if ((events & ~Libc.POLLIN) != 0)
        {
            _socket = -1;
        }

        Span<byte> ring = stackalloc byte[16];
        for (var i = 0; (events & Libc.POLLIN) != 0 && i < MostRingsAtOnce; i++)
        {
            if (Libc.recv(_socket, ring, (nuint)ring.Length, Libc.MSG_DONTWAIT) < 0)
            {
                return;
            }

            if (i == 0)
            {
                Thread.Sleep(_pause);
            }
        }
    }

    private static bool IsDatagramSocket(int socket)
    {
        uint length = sizeof(int);
        return Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_TYPE, out var type, ref length) == 0 && type == Libc.SOCK_DGRAM;
    }
}
