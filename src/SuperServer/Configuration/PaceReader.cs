using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads <see cref="PaceRules"/>: the same keys for each kind of mail, told apart by what they begin with.</summary>
internal static class PaceReader
{
    public const int MostMails = 10_000;

    private static readonly TimeSpan _month = TimeSpan.FromDays(30);
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    public static PaceRules Read(TableReader table, string prefix, PaceRules usual)
    {
        var gaps = table.List($"{prefix}gaps", Values.Duration(_second, _month), "as in [\"5m\", \"1h\", \"24h\"]");
        return new PaceRules
        {
            Settle = table.Optional($"{prefix}settle", Values.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)), usual.Settle),
            Gaps = LetterReader.NotEmpty(table, $"{prefix}gaps", gaps) ?? usual.Gaps,
            Calm = table.Optional($"{prefix}calm", Values.Duration(_second, _month), usual.Calm),
            MailsPerHour = table.Optional($"{prefix}mails_per_hour", Values.WholeNumber(1, MostMails), usual.MailsPerHour),
            MailsPerDay = table.Optional($"{prefix}mails_per_day", Values.WholeNumber(1, MostMails), usual.MailsPerDay),
        };
    }
}
