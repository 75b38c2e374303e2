using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

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

    private void Send(string message)
    {
        if (string.IsNullOrEmpty(socketPath))
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            var address = socketPath[0] == '@' ? $"\0{socketPath[1..]}" : socketPath;
            socket.SendTo(Encoding.UTF8.GetBytes(message), new UnixDomainSocketEndPoint(address));
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            onFailure(error.Message);
        }
    }
}
