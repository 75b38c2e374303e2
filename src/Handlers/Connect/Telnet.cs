using System.Globalization;

namespace SuperServer.Handlers.Connect;

/// <summary>
/// Takes what telnet negotiates (RFC 854, 855) out of what a server sends, tells it in words, and refuses every offer and demand: the
/// dullest terminal there is.
/// </summary>
internal sealed class Telnet
{
    private const byte EndOfSub = 240;
    private const byte Sub = 250;
    private const byte Will = 251;
    private const byte Wont = 252;
    private const byte Do = 253;
    private const byte Dont = 254;
    private const byte Command = 255;

    private static readonly Dictionary<byte, string> _options = new()
    {
        [0] = "BINARY",
        [1] = "ECHO",
        [3] = "SUPPRESS-GO-AHEAD",
        [5] = "STATUS",
        [6] = "TIMING-MARK",
        [24] = "TERMINAL-TYPE",
        [31] = "WINDOW-SIZE",
        [32] = "TERMINAL-SPEED",
        [33] = "FLOW-CONTROL",
        [34] = "LINEMODE",
        [35] = "X-DISPLAY",
        [36] = "ENVIRON",
        [37] = "AUTHENTICATION",
        [38] = "ENCRYPT",
        [39] = "NEW-ENVIRON",
        [42] = "CHARSET",
    };

    private readonly List<byte> _sequence = [];

    /// <summary>The text without the negotiation, what it was in words, and what to answer.</summary>
    public (byte[] Text, List<string> Words, byte[] Answer) Take(ReadOnlySpan<byte> bytes)
    {
        var (text, words, answer) = (new List<byte>(), new List<string>(), new List<byte>());
        foreach (var value in bytes)
        {
            if (_sequence.Count == 0 && value != Command)
            {
                text.Add(value);
                continue;
            }

            _sequence.Add(value);
            if (IsWhole())
            {
                Understand(text, words, answer);
                _sequence.Clear();
            }
        }

        return ([.. text], words, [.. answer]);
    }

    private bool IsWhole() => _sequence switch
    {
        [_] => false,
        [_, Sub, .., Command, EndOfSub] => true,
        [_, Sub, ..] => false,
        [_, >= Will and <= Dont] => false,
        _ => true,
    };

    private void Understand(List<byte> text, List<string> words, List<byte> answer)
    {
        switch (_sequence)
        {
            case [_, Command]:
                text.Add(Command);
                break;
            case [_, Will, var option]:
                words.Add($"server offers {Name(option)} (refused)");
                answer.AddRange([Command, Dont, option]);
                break;
            case [_, Do, var option]:
                words.Add($"server demands {Name(option)} (refused)");
                answer.AddRange([Command, Wont, option]);
                break;
            case [_, Wont, var option]:
                words.Add($"server will not {Name(option)}");
                break;
            case [_, Dont, var option]:
                words.Add($"server wants no {Name(option)}");
                break;
            case [_, Sub, var option, ..]:
                words.Add(string.Create(CultureInfo.InvariantCulture, $"server says {_sequence.Count - 5} bytes about {Name(option)}"));
                break;
            case [_, var command]:
                words.Add(string.Create(CultureInfo.InvariantCulture, $"server sends command {command}"));
                break;
        }
    }

    private static string Name(byte option) =>
        _options.TryGetValue(option, out var name) ? name : string.Create(CultureInfo.InvariantCulture, $"option {option}");
}
