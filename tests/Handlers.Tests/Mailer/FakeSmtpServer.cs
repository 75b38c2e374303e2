using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>A mail server that does one thing wrong. What it does right is what RFC 5321 asks of the smallest server.</summary>
internal sealed class FakeSmtpServer : IDisposable
{
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

    /// <summary>Answers of its own, by the beginning of the command; "." is the end of the message, "" the greeting.</summary>
    public Dictionary<string, string> Answers { get; } = [];

    /// <summary>Here it says nothing more.</summary>
    public string? HangsAt { get; set; }

    /// <summary>Here it closes the connection instead of answering.</summary>
    public string? ClosesAt { get; set; }

    public bool OffersStartTls { get; set; }

    /// <summary>An extension that EHLO is answered with.</summary>
    public string? Offers { get; set; }

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
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await Converse(client.GetStream());
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Converse(Stream stream)
    {
        try
        {
            await Converse(new StreamReader(stream, Encoding.Latin1), stream);
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
        {
        }
    }

    private async Task Converse(StreamReader reader, Stream stream)
    {
        if (!await Answer(stream, "", "220 fake ready"))
        {
            return;
        }

        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            Heard.Add(line);
            var command = line.Split(' ')[0].ToUpperInvariant();
            if (!await Answer(stream, line, UsualAnswer(command)) || command == "QUIT")
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

    private string UsualAnswer(string command) => command switch
    {
        "EHLO" when Offers is not null => $"250-fake\r\n250 {Offers}",
        "EHLO" => OffersStartTls ? "250-fake\r\n250 STARTTLS" : "250 fake",
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

        Messages.Add(message.ToString());
        return await Answer(stream, ".", "250 queued");
    }

    private async Task<bool> Answer(Stream stream, string line, string usual)
    {
        bool Is(string? point) => point is not null && (point.Length == 0 ? line.Length == 0 : line.StartsWith(point, StringComparison.Ordinal));
        if (Is(HangsAt))
        {
            await Task.Delay(Timeout.Infinite, _end.Token);
        }

        if (Is(ClosesAt))
        {
            return false;
        }

        var answer = Answers.Where(entry => Is(entry.Key)).Select(entry => entry.Value).FirstOrDefault(usual);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"), _end.Token);
        return true;
    }

    /// <summary>With a certificate that nobody trusts.</summary>
    private async Task Upgrade(Stream stream)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(certificate);
        await Converse(new StreamReader(tls, Encoding.Latin1), tls);
    }
}
