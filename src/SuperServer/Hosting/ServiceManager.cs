using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// Tells the service manager how far we are (sd_notify(3)): a datagram to the socket in NOTIFY_SOCKET, and nothing at all
/// when there is none. Children never see that variable, for their environment is made from nothing.
/// </summary>
/// <remarks>
/// The manager's socket holds few messages (net.unix.max_dgram_qlen, 10 on many kernels), and twenty listeners to keep are
/// twenty messages at once. What finds no room waits here, in its order: the loop must not wait, and nothing may be lost.
/// </remarks>
internal sealed class ServiceManager(string? socketPath, TimeSpan? watchdog, Action<string> onFailure) : IDisposable
{
    // A manager that reads nothing any more must not fill our memory, nor use up our descriptors.
    private const int MostWaiting = 4096;

    private readonly Queue<Notice> _waiting = [];


    public static string? SocketOfThisProcess => Environment.GetEnvironmentVariable("NOTIFY_SOCKET");

    /// <summary>How often the manager wants a sign of life of this process (sd_watchdog_enabled(3)); null for never.</summary>
    public static TimeSpan? WatchdogOfThisProcess =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var period) && period > 0
        && (Environment.GetEnvironmentVariable("WATCHDOG_PID") ?? OwnPid) == OwnPid
            ? TimeSpan.FromMicroseconds(period)
            : null;

    private static string OwnPid => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Something waits for room; <see cref="CatchUp()"/> is to be called again.</summary>
    public bool IsBehind => _waiting.Count > 0;

    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>With the time, or <c>systemctl reload</c> of a notify-reload unit waits for ever (systemd.service(5)).</summary>
    public void Reloading() => Send($"RELOADING=1\nMONOTONIC_USEC={MonotonicMicroseconds()}");

    public void Stopping() => Send("STOPPING=1");

    /// <summary>
    /// Has the manager keep a listening socket for whoever we are next, should we die (FDSTORE=1 of sd_notify(3)); a manager that
    /// was not told to keep any (FileDescriptorStoreMax=) takes no notice.
    /// </summary>
    public void Store(string endpoint, int socket) => Send($"FDSTORE=1\nFDNAME={StoredName(endpoint)}", socket);

    /// <summary>The socket is closed for good, and not to be kept any more.</summary>
    public void Unstore(string endpoint) => Send($"FDSTOREREMOVE=1\nFDNAME={StoredName(endpoint)}");

    // A name has no colon and at most 255 letters. Nothing is told by it: a socket that comes back is known by its address.
    private static string StoredName(string endpoint)
    {
        var name = endpoint.Replace(':', '_');
        return name.Length <= 255 ? name : name[..255];
    }

    /// <summary>Says that we are alive, if the manager wants to know (WatchdogSec=): how long until it wants to know again.</summary>
    public TimeSpan? SignOfLife()
    {
        if (watchdog is { } period)
        {
            Send("WATCHDOG=1");
            return period / 2;
        }

        return null;
    }

    private static long MonotonicMicroseconds() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    /// <summary>Sends what waits, as far as there is room.</summary>
    public void CatchUp() => CatchUp(TimeSpan.Zero);

    /// <summary>Sends what waits, and waits itself for room: before the loop runs, and after it.</summary>
    public void CatchUp(TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        while (_waiting.TryPeek(out var notice))
        {
            var left = patience - Stopwatch.GetElapsedTime(start);
            if (!TrySend(notice.Message, notice.Descriptor?.Number ?? -1, left))
            {
                return;
            }

            _waiting.Dequeue().Descriptor?.Dispose();
        }
    }

    public void Dispose()
    {
        while (_waiting.TryDequeue(out var notice))
        {
            notice.Descriptor?.Dispose();
        }
    }

    private void Send(string message, int descriptor = -1)
    {
        if (!string.IsNullOrEmpty(socketPath) && (IsBehind || !TrySend(message, descriptor, TimeSpan.Zero)))
        {
            Keep(message, descriptor);
        }
    }

    private void Keep(string message, int descriptor)
    {
        if (_waiting.Count >= MostWaiting)
        {
            onFailure("it reads nothing, and 4096 messages wait already");
            return;
        }

        // A copy: the listener may be closed before its turn comes.
        var copy = descriptor < 0 ? null : new FileDescriptor(Libc.fcntl(descriptor, Libc.F_DUPFD_CLOEXEC, 0));
        _waiting.Enqueue(new Notice(message, copy));
    }

    // False when there is no room; whatever else keeps a message from being sent is said, and it is done with.
    private bool TrySend(string message, int descriptor, TimeSpan patience)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            var address = socketPath![0] == '@' ? $"\0{socketPath[1..]}" : socketPath;
            socket.Connect(new UnixDomainSocketEndPoint(address));
            if (patience > TimeSpan.Zero)
            {
                // Writable as soon as the manager has read something (unix(7)).
                var room = new Libc.pollfd { fd = (int)socket.Handle, events = Libc.POLLOUT };
                _ = Libc.poll(ref room, 1, (int)patience.TotalMilliseconds);
            }

            if (!Libc.SendWithDescriptor((int)socket.Handle, Encoding.UTF8.GetBytes(message), descriptor))
            {
                if (Errno.Last == Errno.EAGAIN)
                {
                    return false;
                }

                onFailure(Errno.Say(Errno.Last));
            }
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            onFailure(error.Message);
        }

        return true;
    }

    private sealed record Notice(string Message, FileDescriptor? Descriptor);
}
