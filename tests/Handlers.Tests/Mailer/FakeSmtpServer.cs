using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>
/// A mail server that does one thing wrong, at one stage: "" is the greeting, "." the answer to a whole message, "TLS" the handshake, and
/// any other the beginning of a command. What it does right is what RFC 5321 asks of the smallest server.
/// </summary>
internal sealed class FakeSmtpServer : IDisposable
{
    public const string Handshake = "TLS";

    private static readonly TimeSpan _drip = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();

    public FakeSmtpServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Serve();
    }

    public int Port { get; }

    /// <summary>Every command line, and every message, that arrived.</summary>
    public List<string> Heard { get; } = [];

    public List<string> Messages { get; } = [];

    /// <summary>Answers of its own, by stage.</summary>
    public Dictionary<string, string> Answers { get; } = [];

    /// <summary>Here it says nothing more.</summary>
    public string? HangsAt { get; set; }

    /// <summary>Here it closes the connection instead of answering.</summary>
    public string? ClosesAt { get; set; }

    /// <summary>Here its answer comes byte by byte, always another one, and never ends.</summary>
    public string? DripsAt { get; set; }

    /// <summary>Here its answer comes as fast as it is read, and never ends.</summary>
    public string? PoursAt { get; set; }

    /// <summary>Where it did what is wrong with it.</summary>
    public string? Misbehaved { get; private set; }

    public bool OffersStartTls { get; set; }

    /// <summary>Extensions that EHLO is answered with.</summary>
    public string? Offers { get; set; }

    /// <summary>What it shows; one that nobody vouches for if the test does not say.</summary>
    public X509Certificate2? Certificate { get; set; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                _ = Converse(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Converse(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await Answer(stream, "", "220 fake ready"))
                {
                    await Converse(new StreamReader(stream, Encoding.Latin1), stream);
                }
            }
            catch (Exception error) when (error is IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task Converse(StreamReader reader, Stream stream)
    {
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            lock (Heard)
            {
                Heard.Add(line);
            }

            var command = line.Split(' ')[0].ToUpperInvariant();
            if (!await Answer(stream, line, UsualAnswer(command, stream)) || command == "QUIT")
            {
                return;
            }

            if (command == "STARTTLS")
            {
                await Upgrade(stream);
                return;
            }

            if (command == "DATA" && !Answers.ContainsKey("DATA") && !await TakeMessage(reader, stream))
            {
                return;
            }
        }
    }

    private string UsualAnswer(string command, Stream stream) => command switch
    {
        "EHLO" => string.Join("\r\n", new[] { "250-fake", stream is SslStream || !OffersStartTls ? null : "250-STARTTLS", $"250 {Offers ?? "HELP"}" }
            .Where(line => line is not null)),
        "AUTH" => "235 welcome",
        "DATA" => "354 go on",
        "STARTTLS" => "220 go on",
        "QUIT" => "221 bye",
        _ => "250 ok",
    };

    private async Task<bool> TakeMessage(StreamReader reader, Stream stream)
    {
        var message = new StringBuilder();
        while (await reader.ReadLineAsync(_end.Token) is { } line and not ".")
        {
            message.Append(line).Append('\n');
        }

        lock (Messages)
        {
            Messages.Add(message.ToString());
        }

        return await Answer(stream, ".", "250 queued");
    }

    private async Task<bool> Answer(Stream stream, string line, string usual)
    {
        if (await Misbehaves(stream, line, usual))
        {
            return false;
        }

        var answer = Answers.Where(entry => IsAt(entry.Key, line)).Select(entry => entry.Value).FirstOrDefault(usual);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), _end.Token);
        return !answer.StartsWith("421", StringComparison.Ordinal);     // with these words a server closes
    }

    private async Task<bool> Misbehaves(Stream stream, string line, string usual)
    {
        var point = new[] { HangsAt, ClosesAt, DripsAt, PoursAt }.FirstOrDefault(point => IsAt(point, line));
        if (point is null)
        {
            return false;
        }

        Misbehaved = point;
        if (point == HangsAt)
        {
            await Task.Delay(Timeout.Infinite, _end.Token);
        }

        if (point == DripsAt || point == PoursAt)
        {
            await Continue(stream, usual[..4], point == DripsAt ? 1 : 65536);
        }

        return true;
    }

    private async Task Continue(Stream stream, string beginning, int step)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), _end.Token);
        var more = Encoding.ASCII.GetBytes(new string('x', step));
        while (true)
        {
            await stream.WriteAsync(more, _end.Token);
            if (step == 1)
            {
                await Task.Delay(_drip, _end.Token);
            }
        }
    }

    private static bool IsAt(string? point, string line) =>
        point is not null && (point.Length == 0 ? line.Length == 0 : line.StartsWith(point, StringComparison.Ordinal));

    private async Task Upgrade(Stream stream)
    {
        // The first byte of a handshake's answer is 0x16; what follows here would be the longest record there is.
        if (await Misbehaves(stream, Handshake, "\u0016\u0003\u0003\u003f"))
        {
            return;
        }

        using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(Certificate ?? Authority.Nobody);
        await Converse(new StreamReader(tls, Encoding.Latin1), tls);
    }
}
