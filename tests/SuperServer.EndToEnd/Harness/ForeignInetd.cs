using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SuperServer.EndToEnd.Harness;

/// <summary>
/// An inetd that is not ours, with one service: notelnet, unless another handler is named, and a lane that nobody but the test reads.
/// </summary>
internal sealed class ForeignInetd : IDisposable
{
    private static readonly ForeignHandler _notelnet =
        new($"{Programs.Folder}/superserver-handlers", "notelnet", """{"on_connect":"message"}""");

    private readonly Process _process;
    private readonly PrivateFolder _folder;

    private ForeignInetd(PrivateFolder folder, Process process, IPEndPoint service)
    {
        _folder = folder;
        _process = process;
        Service = service;
        Spool = new Spool(folder);
    }

    public IPEndPoint Service { get; }

    public Spool Spool { get; }

    /// <summary>What the inetd and its children have said.</summary>
    public string Said => _folder.Read("said");

    /// <param name="mode">As the inetds call it: nowait, or wait.</param>
    public static Task<ForeignInetd> Xinetd(PrivateFolder folder, string mode = "nowait", ForeignHandler? other = null) => Start(folder, port =>
    {
        var handler = other ?? _notelnet;
        var program = Machine.Program("xinetd");
        var configuration = folder.Write("xinetd.conf", $$"""
            service tripwire
            {
              type = UNLISTED
              socket_type = stream
              protocol = tcp
              bind = 127.0.0.1
              port = {{port}}
              wait = {{(mode == "wait" ? "yes" : "no")}}
              user = {{Environment.UserName}}
              server = {{handler.Program}}
              {{(handler.Argument.Length == 0 ? "" : $"server_args = {handler.Argument}")}}
              env = SUPERSERVER_SPOOL={{Lane(folder)}} {{handler.Options}}
              instances = UNLIMITED
              cps = 10000 1
            }

            """);
        return [program, "-dontfork", "-f", configuration, "-pidfile", folder.At("pid"), "-filelog", folder.At("log")];
    });

    public static Task<ForeignInetd> OpenBsdInetd(PrivateFolder folder, string mode = "nowait", ForeignHandler? other = null) => Start(folder, port =>
    {
        var handler = other ?? _notelnet;
        var unpacked = Path.Combine(Programs.Project, "out/tools/openbsd-inetd/usr/sbin/inetd");
        var program = File.Exists(unpacked) ? unpacked : Machine.Program("inetd");
        var command = $"/usr/bin/env env SUPERSERVER_SPOOL={Lane(folder)} {handler.Options} {handler.Program} {handler.Argument}";
        var configuration = folder.Write(
            "inetd.conf", $"127.0.0.1:{port} stream tcp {mode}.10000 {Environment.UserName} {command}\n");
        return [program, "-d", configuration];
    });

    /// <param name="lane">Without one the handler does not know where to record.</param>
    public static Task<ForeignInetd> Systemd(PrivateFolder folder, bool lane = true, ForeignHandler? other = null) => Start(folder, port =>
    [
        Machine.Program("systemd-socket-activate"),
        "--accept",
        "--inetd",
        $"--listen=127.0.0.1:{port}",
        .. lane ? (string[])[$"--setenv=SUPERSERVER_SPOOL={Lane(folder)}"] : [],
        $"--setenv={(other ?? _notelnet).Options}",
        (other ?? _notelnet).Program,
        .. (other ?? _notelnet).Argument is { Length: > 0 } argument ? (string[])[argument] : [],
    ]);

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Lane(PrivateFolder folder) => folder.At("state/spool/lane");

    private static async Task<ForeignInetd> Start(PrivateFolder folder, Func<int, string[]> command)
    {
        folder.Create("state/spool/lane");
        folder.Write("state/spool/lane/journal.jsonl", string.Empty);
        folder.Write("said", string.Empty);
        var port = FreePort();
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" >{folder.At("said")} 2>&1 </dev/null", "sh", .. command(port)]);
        var service = new IPEndPoint(IPAddress.Loopback, port);
        var inetd = new ForeignInetd(folder, Process.Start(start)!, service);
        try
        {
            await Eventually.Holds(() => IsListening(port), $"listener on port {port}");
            return inetd;
        }
        catch
        {
            inetd.Dispose();
            throw;
        }
    }

    // A look that is no touch. (The port, in hexadecimal, and the state LISTEN, of proc_net_tcp.)
    private static bool IsListening(int port) =>
        File.ReadLines("/proc/net/tcp").Any(line => line.Contains($":{port:X4} 00000000:0000 0A", StringComparison.Ordinal));

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
