using System.Globalization;
using System.Net;
using System.Text;
using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.BuiltIn.Saying;

/// <summary>
/// A text with places in it, such as <c>{client_ip}</c>. What they stand for is numbers, our own time and names that the administrator
/// chose: nothing that a client could word. A brace that belongs to no place stands for itself.
/// </summary>
internal sealed class TextTemplate
{
    private const string Unknown = "unknown";

    private static readonly string[] _places = ["{client_ip}", "{client_port}", "{time}", "{service}", "{connection}", "{host}"];

    // By turns what stands as it is and a place.
    private readonly List<string> _parts = [];
    private readonly bool _endsLinesForNetwork;

    /// <param name="written">In any encoding: a byte that is no place's comes out as it went in.</param>
    /// <param name="crLf">Lines end with CR LF however they ended.</param>
    public TextTemplate(ReadOnlySpan<byte> written, bool crLf)
    {
        _endsLinesForNetwork = crLf;
        var text = Encoding.Latin1.GetString(written);
        var begin = 0;
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            if (Array.Find(_places, place => text.AsSpan(open).StartsWith(place)) is { } found)
            {
                _parts.Add(Ended(text[begin..open]));
                _parts.Add(found);
                begin = open + found.Length;
            }
        }

        _parts.Add(Ended(text[begin..]));
    }

    public byte[] For(IPEndPoint? client, string? connection)
    {
        var text = new StringBuilder();
        for (var index = 0; index < _parts.Count; index++)
        {
            _ = text.Append(index % 2 == 0 ? _parts[index] : Value(_parts[index], client, connection));
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    /// <summary>A word in braces that looks like a place and is none; null when there is none.</summary>
    public static string? Stranger(string text)
    {
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOf('}', open);
            var word = close < 0 ? "" : text[open..(close + 1)];
            if (word.Length > 2 && word[1..^1].All(letter => char.IsAsciiLetter(letter) || letter is '_') && !_places.Contains(word))
            {
                return word;
            }
        }

        return null;
    }

    private static string Value(string place, IPEndPoint? client, string? connection) => place switch
    {
        "{client_ip}" => client?.Address.ToString() ?? Unknown,
        "{client_port}" => client?.Port.ToString(CultureInfo.InvariantCulture) ?? Unknown,
        "{time}" => DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        "{service}" => Environment.GetEnvironmentVariable("SUPERSERVER_SERVICE") ?? Unknown,
        "{connection}" => connection ?? Unknown,
        _ => Environment.MachineName,
    };

    private string Ended(string text) => _endsLinesForNetwork ? LineEnds.ForNetwork(text) : text;
}
