using System.Text;
using MailKit;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Listens to what MailKit and the server say to each other, line by line, for a <see cref="Witness"/> if there is one. What MailKit knows to be a
/// secret is struck out before anything else looks at it, and of a message only its size is told.
/// </summary>
internal sealed class Conversation(Witness? witness) : IProtocolLogger
{
    private const int LongestLine = 200;
    private const int LongestKept = 4096;
    private const int MostHeard = 4 * 1024 * 1024;
    private const byte Struck = (byte)'*';

    private readonly List<byte> _client = [];
    private readonly List<byte> _server = [];
    private bool _isGreeted;
    private bool _isContinued;
    private bool _isMessage;
    private long _messageBytes;
    private long _heard;

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    /// <summary>How the log-in was tried last.</summary>
    public string? Mechanism { get; private set; }

    /// <summary>The last line of what the server said last.</summary>
    public string LastReply { get; private set; } = "";

    /// <summary>All lines of it, as far as they are worth showing: MailKit keeps some answers to itself.</summary>
    public string LastAnswer { get; private set; } = "";

    public void LogConnect(Uri uri)
    {
    }

    public void LogClient(byte[] buffer, int offset, int count)
    {
        if (_isMessage)
        {
            _messageBytes += count;
            return;
        }

        var said = buffer.AsSpan(offset, count).ToArray();
        foreach (var secret in AuthenticationSecretDetector?.DetectSecrets(buffer, offset, count) ?? [])
        {
            said.AsSpan(secret.StartIndex - offset, secret.Length).Fill(Struck);
        }

        Lines(_client, said, ClientSaid);
    }

    /// <exception cref="IOException">MailKit would keep an answer without an end in memory, and it comes by here first.</exception>
    public void LogServer(byte[] buffer, int offset, int count)
    {
        _heard += count;
        if (_heard > MostHeard)
        {
            throw new IOException("the server does not stop answering");
        }

        if (_messageBytes > 0)
        {
            witness?.Overhear($"C: (the message, {Count.Of(_messageBytes, "byte")})");
            (_isMessage, _messageBytes) = (false, 0);
        }

        Lines(_server, buffer.AsSpan(offset, count), ServerSaid);
    }

    public void Dispose()
    {
    }

    private void ClientSaid(string line)
    {
        witness?.Overhear($"C: {line}");
        var words = line.Split(' ', 3);
        switch (words[0].ToUpperInvariant())
        {
            case "EHLO" or "HELO":
                witness?.Begins("greeting");
                break;
            case "STARTTLS":
                witness?.Begins("tls");
                break;
            case "AUTH" when words.Length > 1:
                Mechanism = words[1];
                break;
            case "MAIL":
                witness?.Begins("sender");
                break;
            case "RCPT":
                witness?.Begins("recipient");
                break;
            case "DATA":
                witness?.Begins("message");
                break;
            case "BDAT":
                witness?.Begins("message");
                _isMessage = true;
                break;
        }
    }

    private void ServerSaid(string line)
    {
        witness?.Overhear($"S: {line}");
        LastAnswer = !_isContinued ? line
            : LastAnswer.Length >= LongestLine ? LastAnswer
            : Clean.Text($"{LastAnswer} {line[Math.Min(4, line.Length)..]}", LongestLine);
        LastReply = line;
        _isContinued = line is [_, _, _, '-', ..];
        _isMessage |= line.StartsWith("354", StringComparison.Ordinal);
        if (!_isGreeted && !_isContinued)
        {
            _isGreeted = true;
            witness?.Hear("greeting", line, ("reply", line));
        }
    }

    // A line may come in pieces; one that never ends is told as far as it goes.
    private static void Lines(List<byte> kept, ReadOnlySpan<byte> bytes, Action<string> tell)
    {
        foreach (var value in bytes)
        {
            if (value == '\n' || kept.Count >= LongestKept)
            {
                tell(Clean.Text(Encoding.UTF8.GetString([.. kept]).TrimEnd('\r'), LongestLine));
                kept.Clear();
            }

            if (value != '\n')
            {
                kept.Add(value);
            }
        }
    }
}
