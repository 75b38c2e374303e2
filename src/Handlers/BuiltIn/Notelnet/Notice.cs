using System.Globalization;
using System.Net;
using System.Text;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// The text for the client of a <c>message</c> port. Only its own address, the time and the reference may stand in it: never a name,
/// which an attacker may have chosen and which somebody would have to look up first.
/// </summary>
internal sealed class Notice
{
    /// <summary>It goes into one send that does not wait, whatever the client's window.</summary>
    public const int MaxLength = 1024;

    // What the three places grow by at most, and the carriage returns.
    private const int Reserve = 128;

    private const string Option = "message";
    private const string ClientAddress = "{client_ip}";
    private const string Time = "{time}";
    private const string Reference = "{ref}";

    private const string UsualText = """
        Telnet is not offered on this host.
        Your connection from {client_ip} at {time} UTC was recorded and reported.
        If you expected a service here, tell the administrator: reference {ref}.
        """;

    private readonly string _template;

    private Notice(string template) => _template = template;

    /// <summary>What is said when nothing else was written.</summary>
    public static Notice Usual { get; } = new(UsualText);

    public static Notice From(HandlerOptions options, Notice otherwise)
    {
        var template = options.Text(Option, otherwise._template);
        if (UnknownPlace(template) is { } unknown)
        {
            return options.Refuse(Option, $"may hold {ClientAddress}, {Time} and {Reference}, but not {unknown}", otherwise);
        }

        return Encoding.UTF8.GetByteCount(template) > MaxLength - Reserve
            ? options.Refuse(Option, $"must not be longer than {MaxLength - Reserve} bytes", otherwise)
            : new Notice(template);
    }

    /// <summary>The bytes to send: lines that end in CR LF, as a terminal needs them.</summary>
    public byte[] For(IPAddress? client, DateTimeOffset at, string reference)
    {
        var text = _template
            .Replace(ClientAddress, client?.ToString() ?? "an unknown address", StringComparison.Ordinal)
            .Replace(Time, at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace(Reference, reference, StringComparison.Ordinal)
            .ReplaceLineEndings("\n")
            .TrimEnd('\n');
        var bytes = Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n");
        return bytes.Length <= MaxLength ? bytes : bytes[..MaxLength];
    }

    private static string? UnknownPlace(string template)
    {
        var rest = template.AsSpan();
        for (var open = rest.IndexOf('{'); open >= 0; open = rest.IndexOf('{'))
        {
            rest = rest[open..];
            var close = rest.IndexOf('}');
            var place = close < 0 ? rest : rest[..(close + 1)];
            if (place is not (ClientAddress or Time or Reference))
            {
                return place.ToString();
            }

            rest = rest[place.Length..];
        }

        return null;
    }
}
