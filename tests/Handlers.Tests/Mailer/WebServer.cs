using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>
/// A web server on the loopback that answers each request as the test says, in bytes: so it can drip, hang, hang up and lie as no
/// honest server would.
/// </summary>
internal sealed class WebServer : IDisposable
{
    public const string Ok = "HTTP/1.1 204 No Content\r\n\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, Stream, CancellationToken, Task> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly List<Request> _requests = [];

    /// <param name="answer">Gets the number of the request, from 1.</param>
    /// <param name="certificate">TLS with this one; null: clear text.</param>
    public WebServer(Func<int, Stream, CancellationToken, Task> answer, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        _listener.Start();
        _ = Task.Run(Serve);
    }

    public sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers, string Body);

    public Uri Address => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/in?a=b");

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>One answer for everybody.</summary>
    public static WebServer Saying(string answer, X509Certificate2? certificate = null) =>
        new((_, stream, stop) => Say(stream, answer, stop), certificate);

    public static Task Say(Stream stream, string answer, CancellationToken stop) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stop).AsTask();

    public static string Status(string status, string headers = "", string body = "") =>
        $"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}";

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => Serve(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = await Protected(client.GetStream());
                var request = await Read(stream, _stop.Token);
                int number;
                lock (_requests)
                {
                    _requests.Add(request);
                    number = _requests.Count;
                }

                await _answer(number, stream, _stop.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or AuthenticationException)
            {
            }
        }
    }

    private async Task<Stream> Protected(Stream stream)
    {
        if (_certificate is null)
        {
            return stream;
        }

        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(_certificate);
        return tls;
    }

    private static async Task<Request> Read(Stream stream, CancellationToken stop)
    {
        var lines = new List<string>();
        while (await Line(stream, stop) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), null)];
        await stream.ReadExactlyAsync(body, stop);
        return new Request(lines[0], headers, Encoding.UTF8.GetString(body));
    }

    private static async Task<string> Line(Stream stream, CancellationToken stop)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, stop) == 1 && one[0] != (byte)'\n')
        {
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd('\r');
    }
}
