using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Who writes to whom, and how often: the keys of [alerts] that only the mailer cares for.</summary>
internal sealed record LetterRules
{
    public required ValueList<string> To { get; init; }

    public required string From { get; init; }

    /// <summary>How long the first mail waits for company.</summary>
    public required TimeSpan Settle { get; init; }

    /// <summary>The growing pauses between the mails that follow.</summary>
    public required ValueList<TimeSpan> Gaps { get; init; }

    /// <summary>After how long a silence the next event is a first one again.</summary>
    public required TimeSpan Calm { get; init; }

    /// <summary>"confirm" or "off": what becomes of the names of addresses.</summary>
    public required string Resolve { get; init; }
}

/// <summary>Reads <see cref="LetterRules"/>.</summary>
internal sealed class LetterReader(TableReader table)
{
    private static readonly TimeSpan _month = TimeSpan.FromDays(30);

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private static readonly ValueList<TimeSpan> _usualGaps =
        [.. new[] { 5, 15, 30, 60, 120, 240, 480, 1440 }.Select(minutes => TimeSpan.FromMinutes(minutes))];

    public LetterRules Read(string hostName)
    {
        if (!table.Owns("to"))
        {
            table.Report(table.Place, "[alerts] needs 'to': who is to get the mails, as in to = \"you@example.org\"");
        }

        return new LetterRules
        {
            To = [.. NotEmpty("to", table.Many("to", MailAddress)) ?? []],
            From = table.Optional("from", MailAddress, $"superserver@{hostName}"),
            Settle = table.Optional("settle", Values.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)), TimeSpan.FromSeconds(5)),
            Gaps = NotEmpty("gaps", table.List("gaps", Values.Duration(_second, _month), "as in [\"5m\", \"1h\", \"24h\"]"))
                ?? _usualGaps,
            Calm = table.Optional("calm", Values.Duration(_second, _month), TimeSpan.FromDays(1)),
            Resolve = table.Optional("resolve", Values.Word("confirm", "off"), "confirm"),
        };
    }

    private ValueList<T>? NotEmpty<T>(string key, IReadOnlyList<Placed<T>>? values)
    {
        if (table.Map.Find(key)?.Value is TomlList { Items.Count: 0 } empty)
        {
            table.Report(empty.Place, $"'{key}' is empty: leave it out, or give it a value");
        }

        return values is null ? null : [.. values.Select(value => value.Value)];
    }

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
