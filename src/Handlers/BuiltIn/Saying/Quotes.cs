using System.Text;

namespace SuperServer.Handlers.BuiltIn.Saying;

/// <summary>Quotes out of a text, each as the bytes that are sent.</summary>
internal static class Quotes
{
    /// <summary>RFC 865 wants fewer than 512 characters.</summary>
    public const int Longest = 511;

    private const string Separator = "%";

    /// <summary>When nobody has chosen others. Each is short enough to answer an empty datagram.</summary>
    public static IReadOnlyList<byte[]> Own { get; } = Parse("""
        A port that nobody watches is a door that nobody locked.
        The best timeout is the one you never notice.
        Every backlog was once somebody's patience.
        Read the log before you read the code; read the code before you blame the network.
        A service that cannot be stopped was never really started.
        What listens on every address is heard at every address.
        There is no cloud at port 17, only somebody's machine.
        Old protocols do not die; they are assigned a number.
        One good error message saves a thousand restarts.
        Half of security is closing what you forgot to open.
        Be liberal in what you promise to test, and strict in what you ship.
        Trust the kernel, but check its return value.
        """);

    /// <summary>As fortune(6) has them, with a line <c>%</c> between two; without such a line each line is one. Longer ones are left out.</summary>
    public static IReadOnlyList<byte[]> Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var texts = lines.Contains(Separator) ? Blocks(lines) : lines;
        return [.. texts.Select(Encoded).Where(quote => quote is not null).Select(quote => quote!)];
    }

    private static IEnumerable<string> Blocks(string[] lines)
    {
        var block = new List<string>();
        foreach (var line in lines.Append(Separator))
        {
            if (line == Separator)
            {
                yield return string.Join('\n', block);
                block.Clear();
            }
            else
            {
                block.Add(line);
            }
        }
    }

    private static byte[]? Encoded(string text)
    {
        var quote = text.Trim('\n');
        var bytes = Encoding.UTF8.GetBytes(LineEnds.ForNetwork(quote) + "\r\n");
        return string.IsNullOrWhiteSpace(quote) || bytes.Length > Longest ? null : bytes;
    }
}
