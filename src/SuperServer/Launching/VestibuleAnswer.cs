using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Launching;

/// <summary>
/// What a process of the vestibule says of a visit, read from one message. It has seen what a stranger wrote and may be the
/// stranger's by now: so every answer has one form, its values are numbers or words of a few letters, and all else is no answer.
/// </summary>
/// <remarks>ASCII, one space between the fields (docs/architecture.md, "The vestibule").</remarks>
internal abstract record VestibuleAnswer(ConnectionId Id)
{
    /// <summary>More than any message can be long.</summary>
    public const int LongestMessage = 4096;

    /// <summary>Variables about a TLS connection.</summary>
    public const int MostFacts = 32;

    /// <summary>All of them together.</summary>
    public const int LongestFacts = 3072;

    /// <summary>Of what stands before the facts: two addresses and two ports are shorter.</summary>
    private const int LongestText = 256;

    private const int LongestWord = 32;

    private static ReadOnlySpan<byte> Prefix => "SSL_"u8;

    /// <summary>The proxy has said who its client is, and where that came to.</summary>
    public sealed record Peer(ConnectionId Id, SocketName Remote, SocketName Local) : VestibuleAnswer(Id);

    /// <summary>The proxy speaks for itself.</summary>
    public sealed record Own(ConnectionId Id) : VestibuleAnswer(Id);

    /// <summary>TLS is established. The facts are variables, each ended by NUL.</summary>
    public sealed record Ready(ConnectionId Id, ReadOnlyMemory<byte> Facts) : VestibuleAnswer(Id);

    /// <summary>The client has asked for another service.</summary>
    public sealed record Enter(ConnectionId Id, string Service) : VestibuleAnswer(Id);

    /// <summary>It is over, and nothing was wrong.</summary>
    public sealed record Done(ConnectionId Id) : VestibuleAnswer(Id);

    /// <summary>It has failed, and the word says why.</summary>
    public sealed record Bad(ConnectionId Id, string Why) : VestibuleAnswer(Id);

    /// <summary>Null when it is no answer.</summary>
    public static VestibuleAnswer? Parse(ReadOnlySpan<byte> message)
    {
        var end = message.IndexOf((byte)0);
        var text = end < 0 ? message : message[..end];
        var blank = text.IndexOf((byte)' ');
        if (text.Length > LongestText || blank < 0 || !ConnectionId.TryParse(text[(blank + 1)..], out var id, out var length))
        {
            return null;
        }

        var rest = text[(blank + 1 + length)..];
        var verb = Encoding.ASCII.GetString(text[..blank]);
        if (end >= 0)
        {
            return verb == "ready" && rest.IsEmpty ? ReadReady(id, message[(end + 1)..]) : null;
        }

        return rest.IsEmpty ? ReadPlain(verb, id)
            : rest[0] == (byte)' ' ? ReadMore(verb, id, Encoding.ASCII.GetString(rest[1..]).Split(' '))
            : null;
    }

    private static VestibuleAnswer? ReadPlain(string verb, ConnectionId id) => verb switch
    {
        "local" => new Own(id),
        "ready" => new Ready(id, default),
        "done" => new Done(id),
        _ => null,
    };

    private static VestibuleAnswer? ReadMore(string verb, ConnectionId id, string[] fields) => (verb, fields) switch
    {
        ("bad", [var word]) when IsWord(word) => new Bad(id, word),
        ("enter", [var name]) when IsName(name) => new Enter(id, name),
        ("peer", [var remote, var remotePort, var local, var localPort]) =>
            ReadName(remote, remotePort) is { } client && ReadName(local, localPort) is { } own && client.Address.IsV4 == own.Address.IsV4
                ? new Peer(id, client, own)
                : null,
        _ => null,
    };

    // As the framework would write it, and in no other way: it takes "1" and "010.1.1.1" for addresses, each by rules of its own.
    private static SocketName? ReadName(string address, string port)
    {
        if (!address.All(letter => char.IsAsciiHexDigit(letter) || letter is ':' or '.') || !IPAddress.TryParse(address, out var parsed)
            || (parsed.AddressFamily == AddressFamily.InterNetwork && parsed.ToString() != address))
        {
            return null;
        }

        return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (port.Length == 1 || port[0] != '0')
            ? new SocketName(InternetAddress.From(parsed), number)
            : null;
    }

    private static bool IsWord(string text) =>
        text.Length is > 0 and <= LongestWord && text.All(letter => char.IsAsciiLetterLower(letter) || letter == '-');

    /// <summary>Of a service behind tcpmux, by which it is then looked up.</summary>
    private static bool IsName(string text) =>
        text.Length is > 0 and <= TcpmuxName.Longest && text.All(letter => letter is > ' ' and <= '~');

    private static Ready? ReadReady(ConnectionId id, ReadOnlySpan<byte> facts)
    {
        if (!facts.IsEmpty && facts[^1] != 0)
        {
            facts = (byte[])[.. facts, 0];      // the last one may end with the message
        }

        if (facts.IsEmpty || facts.Length > LongestFacts)
        {
            return null;
        }

        var rest = facts;
        for (var count = 0; !rest.IsEmpty; count++)
        {
            var end = rest.IndexOf((byte)0);
            if (count == MostFacts || !IsFact(rest[..end]))
            {
                return null;
            }

            rest = rest[(end + 1)..];
        }

        return new Ready(id, facts.ToArray());
    }

    private static bool IsFact(ReadOnlySpan<byte> variable)
    {
        var equals = variable.IndexOf((byte)'=');
        return equals > Prefix.Length && IsName(variable[..equals])
            && equals < variable.Length - 1 && !variable[(equals + 1)..].ContainsAnyExceptInRange((byte)' ', (byte)'~');
    }

    // SSL_CERT_FILE and SSL_CERT_DIR would choose whom the program's own OpenSSL trusts.
    private static bool IsName(ReadOnlySpan<byte> name)
    {
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterUpper((char)letter) && !char.IsAsciiDigit((char)letter) && letter != (byte)'_')
            {
                return false;
            }
        }

        return name.StartsWith(Prefix) && !name.SequenceEqual("SSL_CERT_FILE"u8) && !name.SequenceEqual("SSL_CERT_DIR"u8);
    }
}
