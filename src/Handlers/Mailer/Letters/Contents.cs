namespace SuperServer.Handlers.Mailer;

/// <summary>What a mail says, in the order in which it says it: what is wrong, what happened, what else to know, which events these are.</summary>
internal sealed class Contents(Draft draft, PortNames ports, int most, string? attachment)
{
    private readonly Summary _summary = draft.Summary;

    public IEnumerable<Block> Blocks()
    {
        if (_summary.Outage is { } outage)
        {
            yield return new Block.Urgent([Told(outage)]);
        }

        foreach (var block in draft.Only is { } only ? new Visit(draft, only, ports).Blocks() : Many())
        {
            yield return block;
        }

        var remarks = new Remarks(draft, most, attachment);
        if (_summary.LostMails.Count > 0)
        {
            yield return new Block.Urgent(remarks.Lost());
        }

        if (remarks.Counted() is { Count: > 0 } counted)
        {
            yield return new Block.Paragraph(counted);
        }

        yield return new Block.Paragraph(remarks.Closing());
        yield return new Block.Signature($"{Events()}. superserver {Release.Version} on {draft.Host}");
    }

    private IEnumerable<Block> Many()
    {
        var digest = new Digest(draft, ports, most);
        return
        [
            .. draft.Kind == MailKind.Quiet ? SignOfLife() : digest.Opening(),
            .. draft.Totals.Connections > 0 ? digest.Tables() : [],
        ];
    }

    private IEnumerable<Block> SignOfLife() =>
    [
        new Block.Headline([Quiet()]),
        new Block.Paragraph(
        [
            "The mailer of this host runs, and its mail reaches you: that is what this message is for.",
            "Whether a tripwire catches, superserver alert trip tells.",
        ]),
    ];

    private string Quiet()
    {
        var connections = _summary.InPeriod ?? draft.Totals.Connections;
        return connections == 0
            ? $"A quiet {draft.PeriodWord}: nobody touched a tripwire of {draft.Host}."
            : $"A quiet {draft.PeriodWord}: {Count.Of(connections, "connection")} to the tripwires of {draft.Host}.";
    }

    private static string Told(Outage outage) =>
        $"Mail was not deliverable from {Wording.Utc(outage.From)} to {Wording.Utc(outage.To)} ({Clean.Text(outage.Words, 200)}). "
        + $"{Count.Of(outage.Mails, "message")}, {Count.Of(outage.Connections, "connection")} "
        + $"{(outage is { Mails: 1, Connections: <= 1 } ? "was" : "were")} held back; this mail completes the record.";

    private string Events()
    {
        var before = _summary.First <= 1 ? "" : $"; previous mail ended at #{_summary.First - 1}";
        if (_summary.IsEmpty)
        {
            return $"No new event{before}";
        }

        var count = _summary.Last - _summary.First + 1;
        var range = count == 1 ? $"Event #{_summary.First}" : $"Events #{_summary.First}-#{_summary.Last} ({count})";
        return $"{range}, {(_summary.IsComplete ? "complete" : $"INCOMPLETE, {count - _summary.Held} missing")}{before}";
    }
}
