using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>One entry of an ignore list: a network (an address is a network of one), or the name of a host, which stands for its addresses.</summary>
internal abstract record IgnoreEntry(string Text)
{
    /// <summary><c>file:line</c>, of an entry that stands in a file.</summary>
    public string? Place { get; init; }

    public sealed record Network(string Text, IPNetwork Block) : IgnoreEntry(Text);

    public sealed record Host(string Text) : IgnoreEntry(Text);

    /// <summary>Null when it is neither; <paramref name="why"/> then says what it should have been.</summary>
    public static IgnoreEntry? Parse(string text, out string why)
    {
        why = "";
        if (Networks.Parse(text) is { } block)
        {
            return new Network(text, block);
        }

        if (IsHostName(text))
        {
            return new Host(text.TrimEnd('.').ToLowerInvariant());
        }

        why = $"\"{Clean.Text(text, 80)}\" is no address, no network such as 192.0.2.0/24 (host bits zero), and no host name";
        return null;
    }

    // A last label of digits would be an address with a mistake in it, and a colon or a slash a network with one.
    private static bool IsHostName(string text)
    {
        var labels = text.TrimEnd('.').Split('.');
        return text.Length <= 253
            && labels.All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            && labels.All(label => label[0] != '-' && label[^1] != '-')
            && !labels[^1].All(char.IsAsciiDigit);
    }
}
