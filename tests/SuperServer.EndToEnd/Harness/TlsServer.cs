using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SuperServer.EndToEnd.Harness;

/// <summary>OpenSSL's own server, with a certificate that it has signed itself; it says each line backwards.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly Process _process;

    private TlsServer(Process process, string port) => (_process, Port) = (process, port);

    public string Port { get; }

    /// <param name="folder">Gets cert.pem and key.pem.</param>
    /// <param name="name">Whose certificate it is.</param>
    public static async Task<TlsServer> Start(PrivateFolder folder, string name)
    {
        var openssl = Machine.Program("openssl");
        (await Command.Run(
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", $"/CN={name}",
            "-addext", $"subjectAltName=DNS:{name}", "-keyout", folder.At("key.pem"), "-out", folder.At("cert.pem"))).Succeeded();
        var port = FreePort();
        var process = Process.Start(new ProcessStartInfo(openssl,
        [
            "s_server", "-accept", $"127.0.0.1:{port}", "-rev", "-quiet", "-cert", folder.At("cert.pem"), "-key", folder.At("key.pem"),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var server = new TlsServer(process, $"{port}");
        await Eventually.Holds(() => Answers(port), "TLS server");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(Deadline.Soon);
        _process.Dispose();
    }

    private static bool Answers(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
