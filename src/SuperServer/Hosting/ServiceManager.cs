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
internal sealed class ServiceManager(string? socketPath, TimeSpan? watchdog, Action<string> onFailure)
{
    public static string? SocketOfThisProcess => Environment.GetEnvironmentVariable("NOTIFY_SOCKET");

    /// <summary>How often the manager wants a sign of life of this process (sd_watchdog_enabled(3)); null for never.</summary>
    public static TimeSpan? WatchdogOfThisProcess =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var period) && period > 0
        && (Environment.GetEnvironmentVariable("WATCHDOG_PID") ?? OwnPid) == OwnPid
            ? TimeSpan.FromMicroseconds(period)
            : null;

    private static string OwnPid => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

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

    private void Send(string message, int descriptor = -1)
    {
        if (string.IsNullOrEmpty(socketPath))
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            var address = socketPath[0] == '@' ? $"\0{socketPath[1..]}" : socketPath;
            socket.Connect(new UnixDomainSocketEndPoint(address));
            if (!Libc.SendWithDescriptor((int)socket.Handle, Encoding.UTF8.GetBytes(message), descriptor))
            {
                onFailure(Errno.Say(Errno.Last));
            }
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            onFailure(error.Message);
        }
    }
}
