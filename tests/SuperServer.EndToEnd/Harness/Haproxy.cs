using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SuperServer.EndToEnd.Harness;

/// <summary>HAProxy in front of one service, in its own words for the header.</summary>
internal sealed class Haproxy : IDisposable
{
    private readonly Process _process;

    private Haproxy(Process process, IPEndPoint address) => (_process, Address) = (process, address);

    /// <summary>Where clients go.</summary>
    public IPEndPoint Address { get; }

    /// <param name="folder">Where its configuration lies.</param>
    /// <param name="backend">The service, as HAProxy writes an address.</param>
    /// <param name="words">Behind the server's address: "send-proxy-v2".</param>
    /// <param name="at">Where it listens.</param>
    public static async Task<Haproxy> Start(PrivateFolder folder, string backend, string words, IPAddress? at = null)
    {
        var haproxy = Machine.Program("haproxy");
        var address = new IPEndPoint(at ?? IPAddress.Loopback, FreePort(at ?? IPAddress.Loopback));
        var configuration = folder.Write("haproxy.cfg", $"""
            defaults
                mode tcp
                timeout connect 5s
                timeout client 30s
                timeout server 30s
            listen here
                bind {(address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address.Address}]" : address.Address)}:{address.Port}
                server there {backend} {words}

            """);
        var start = new ProcessStartInfo(haproxy, ["-db", "-f", configuration]) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await Eventually.Holds(() => Listens(address), $"HAProxy on {address}");
        return new Haproxy(process, address);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    // A connection to find out would be a connection to the service behind.
    private static bool Listens(IPEndPoint address)
    {
        var table = address.AddressFamily == AddressFamily.InterNetworkV6 ? "/proc/net/tcp6" : "/proc/net/tcp";
        return File.ReadLines(table).Any(line => line.Contains($":{address.Port:X4} ", StringComparison.Ordinal) && line.Contains(" 0A ", StringComparison.Ordinal));
    }

    private static int FreePort(IPAddress at)
    {
        using var probe = new TcpListener(at, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
