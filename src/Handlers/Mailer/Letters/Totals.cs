namespace SuperServer.Handlers.Mailer;

/// <summary>All connections of a mail in one sum, whether they were described or only counted.</summary>
/// <param name="IsAtLeast">The addresses of those that were only counted are not told apart from the others.</param>
internal sealed record Totals(long Connections, long Sources, bool IsAtLeast, DateTimeOffset Began, DateTimeOffset Ended)
{
    public string From => Sources <= 0 ? "unknown addresses" : (IsAtLeast ? "at least " : "") + Count.Of(Sources, "address", "addresses");

    public static Totals Of(Summary summary)
    {
        var counted = summary.CountedOnly;
        var isDescribed = summary.Connections > 0 || counted.Count == 0;
        return new Totals(
            summary.Connections + counted.Sum(line => line.Connections),
            counted.Aggregate(summary.Sources, (most, line) => Math.Max(most, line.Sources)),
            counted.Count > 0,
            counted.Select(line => line.From).Concat(isDescribed ? [summary.Began] : []).Min(),
            counted.Select(line => line.To).Concat(isDescribed ? [summary.Ended] : []).Max());
    }
}
