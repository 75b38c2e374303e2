using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads <see cref="LetterRules"/>.</summary>
internal sealed class LetterReader(TableReader table, IgnoreReader ignored)
{
    private const int LongestPrefix = 80;

    public LetterRules Read(string hostName)
    {
        if (!table.Owns("to"))
        {
            table.Report(table.Place, "[alerts] needs 'to': who is to get the mails, as in to = \"you@example.org\"");
        }

        return new LetterRules
        {
            To = NotEmpty(table, "to", table.Many("to", MailAddress)) ?? [],
            From = table.Optional("from", MailAddress, $"superserver@{hostName}"),
            Outside = PaceReader.Read(table, "", PaceRules.UsualOutside),
            Inside = PaceReader.Read(table, "inside_", PaceRules.UsualInside),
            InsideNetworks = InsideNetworks(),
            HostMailsPerHour = table.Optional("host_mails_per_hour", Values.WholeNumber(1, PaceReader.MostMails), 30),
            Summary = table.Optional("summary", Values.Word("weekly", "daily", "never"), "weekly"),
            SubjectPrefix = table.Find("subject_prefix", Prefix)?.Value,
            Ignore = ignored.Visitors(),
            IgnoreFile = ignored.File(),
            Retain = table.Optional("retain", Values.Duration(TimeSpan.FromHours(1), TimeSpan.FromDays(3650)), TimeSpan.FromDays(30)),
            Attach = table.Optional("attach", Values.Word("none", "csv"), "none"),
            Resolve = table.Optional("resolve", Values.Word("confirm", "off"), "confirm"),
        };
    }

    /// <summary>Null when the key is not there; an empty list is a mistake.</summary>
    public static ValueList<T>? NotEmpty<T>(TableReader table, string key, IReadOnlyList<Placed<T>>? values)
    {
        if (table.Map.Find(key)?.Value is TomlList { Items.Count: 0 } empty)
        {
            table.Report(empty.Place, $"'{key}' is empty: leave it out, or give it a value");
            return null;
        }

        return values is null ? null : [.. values.Select(value => value.Value)];
    }

    private ValueList<Network> InsideNetworks() =>
        [.. from text in table.Many("inside", Values.AnyText) ?? []
            let network = NetworkText.Parse(text.Value)
            let judged = table.Judge(text.Place, network)
            where network.Objection is null
            select judged];

    /// <summary>It becomes a part of a header.</summary>
    private static Reading<string> Prefix(TomlNode node) => Values.Text(node) switch
    {
        { Value: { } text } when text.Length > LongestPrefix => new Objection($"is longer than {LongestPrefix} characters"),
        { Value: { } text } when text.Any(char.IsControl) => new Objection("must be one line without control characters"),
        var reading => reading,
    };

    /// <summary>Sane, not complete: what is refused here a mail server would refuse, or sendmail take for an option.</summary>
    private static Reading<string> MailAddress(TomlNode node)
    {
        if (Values.Text(node) is not { Value: { } text } reading)
        {
            return new Objection(Values.Text(node).Objection!);
        }

        var at = text.IndexOf('@', StringComparison.Ordinal);
        var hasTwoSides = at > 0 && at == text.LastIndexOf('@') && at < text.Length - 1;
        if (hasTwoSides && text.Length <= 254 && text[0] != '-' && !text.Any(IsForbidden))
        {
            return reading;
        }

        return text.AsSpan().ContainsAny(',', ';')
            ? new Objection(
                $"must be one address each: write [\"a@example.org\", \"b@example.org\"], not {Printable.Quoted(text)}")
            : new Objection($"must be a plain mail address such as \"you@example.org\", not {Printable.Quoted(text)}");
    }

    private static bool IsForbidden(char letter) =>
        char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '<' or '>' or ',' or ';' or '"' or '(' or ')' or '\\';
}
