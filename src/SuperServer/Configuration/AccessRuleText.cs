using System.Globalization;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// The language of <c>allow</c>, <c>deny</c> and <c>never_bar</c>: networks, <c>@set</c>, names of hosts, <c>.domain</c>, and
/// the users and groups of Unix sockets.
/// </summary>
internal sealed class AccessRuleText(HostFacts host, SetNames sets)
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>Every kind of rule. No value and no objection: the mistake is reported where the set is named.</summary>
    public Reading<AccessRule> Parse(Placed<string> text)
    {
        var setAt = text.Place.AtLine;
        var colon = text.Value.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? "" : text.Value[..colon]) switch
        {
            "uid" or "gid" or "user" or "group" when colon == text.Value.Length - 1 =>
                new Objection($"{Printable.Quoted(text.Value)} names nobody: write \"uid:1000\", \"user:NAME\", \"gid:100\" or \"group:NAME\""),
            "uid" or "user" => User(text.Value, text.Value[(colon + 1)..], isNumber: colon == 3, setAt),
            "gid" or "group" => Group(text.Value, text.Value[(colon + 1)..], isNumber: colon == 3, setAt),
            _ when IsAddressable(text.Value) => ParseAddresses(text),
            _ => Name(text.Value, setAt),
        };
    }

    /// <summary>Only what is about addresses.</summary>
    public Reading<AccessRule> ParseAddresses(Placed<string> text)
    {
        if (text.Value.Length == 0)
        {
            return new Objection("an empty text matches nobody: delete it, or write an empty list, []");
        }

        var setAt = text.Place.AtLine;
        if (text.Value.StartsWith('@'))
        {
            return Set(text.Value, setAt);
        }

        var network = NetworkText.Parse(text.Value);
        return network.Objection is { } objection
            ? new Objection(objection)
            : new AccessRule.OfNetwork(network.Value, network.Value.ToString(), setAt);
    }

    private static bool IsAddressable(string text) =>
        text.Length == 0 || text[0] is '@' or '[' || text.AsSpan().ContainsAny(':', '/') || !text.Any(char.IsLetter);

    private Reading<AccessRule> Set(string text, string setAt)
    {
        var name = text[1..];
        if (sets.TryFind(name, out var set))
        {
            return set is null ? default(Reading<AccessRule>) : new AccessRule.OfSet(set, text, setAt);
        }

        var example = name.Length == 0 ? "office" : Printable.Escaped(name);
        return new Objection($"there is no set {Printable.Quoted(name)}: " + (Spelling.Nearest(name, sets.Names) is { } meant
            ? $"did you mean '@{meant}'?"
            : $"name its file in [sets], as in {example} = \"FILE\""));
    }

    private Reading<AccessRule> User(string text, string name, bool isNumber, string setAt)
    {
        var uid = isNumber ? Number(name) : host.UserByName(name)?.Uid;
        return uid is { } known ? new AccessRule.OfUser(known, text, setAt)
            : isNumber ? new Objection($"{Printable.Quoted(text)}: a uid is a number: write \"uid:1000\", or \"user:NAME\"")
            : new Objection($"there is no user {Printable.Quoted(name)}: create it, or name another one");
    }

    private Reading<AccessRule> Group(string text, string name, bool isNumber, string setAt)
    {
        var gid = isNumber ? Number(name) : host.GroupByName(name)?.Gid;
        return gid is { } known ? new AccessRule.OfGroup(known, text, setAt)
            : isNumber ? new Objection($"{Printable.Quoted(text)}: a gid is a number: write \"gid:100\", or \"group:NAME\"")
            : new Objection($"there is no group {Printable.Quoted(name)}: create it, or name another one");
    }

    /// <summary>The largest uid or gid means "none" to the kernel.</summary>
    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != uint.MaxValue ? number : null;

    private static Reading<AccessRule> Name(string text, string setAt)
    {
        var name = text.ToLowerInvariant();
        name = name.Length > 1 ? name.TrimEnd('.') : name;
        return WhyNoName(text, name) is { } why ? new Objection(why) : new AccessRule.OfName(name, setAt);
    }

    private static string? WhyNoName(string text, string name)
    {
        var quoted = Printable.Quoted(text);
        var labels = name.TrimStart('.').Split('.');
        return name switch
        {
            "all" => "everybody is \"0.0.0.0/0\" and \"::/0\" together: write both",
            "localhost" => "this machine is \"127.0.0.0/8\" and \"::1\" together: write both",
            ['*', '.', ..] => $"{quoted}: all hosts of a domain are written with a dot alone: {Printable.Quoted(name[1..])}",
            _ when !name.All(char.IsAscii) => $"{quoted}: an international name is written as DNS has it, with xn--",
            _ when !labels.All(IsLabel) || name.StartsWith("..", StringComparison.Ordinal) || name.Length > LongestName
                || labels[^1].All(char.IsAsciiDigit) =>
                $"{quoted} is neither a network nor the name of a host: write 10.0.0.0/8, \"@set\", host.example.org or .example.org",
            _ when labels.Length == 1 && name[0] != '.' =>
                $"{quoted} is not the whole name of a host: write {name}.example.org, or \"@{name}\" for a set",
            _ => null,
        };
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel && label[0] != '-' && label[^1] != '-'
        && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
