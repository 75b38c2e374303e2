namespace SuperServer.Handlers.Mailer;

/// <summary>Many events in a sentence and two tables; neither grows with what happened.</summary>
internal sealed class Digest(Draft draft, PortNames ports, int most)
{
    private readonly Summary _summary = draft.Summary;
    private readonly Totals _totals = draft.Totals;
    private readonly Callers _callers = new(draft);

    public IEnumerable<Block> Opening()
    {
        var surge = draft.Kind == MailKind.Surge ? "A surge: " : "";
        yield return new Block.Headline(
        [
            $"{surge}{Count.Of(_totals.Connections, "connection")} from {_totals.From} to ports that nobody should use on {draft.Host},",
            $"from {Wording.Utc(_totals.Began)} to {Wording.Utc(_totals.Ended)}.",
        ]);
        Phrase[] details =
        [
            .. _summary.Inside > 0 ? [$"{Wording.Number(_summary.Inside)} of them came from inside your own network."] : Array.Empty<Phrase>(),
            .. _summary.HeldBackSince is { } since ? [$"Held back by the mail limit since {Wording.Utc(since)}."] : Array.Empty<Phrase>(),
        ];
        if (details.Length > 0)
        {
            yield return new Block.Paragraph(details);
        }
    }

    public IEnumerable<Block> Tables()
    {
        var services = _summary.Services.Take(most).ToList();
        if (services.Count > 0)
        {
            yield return new Block.Ports([.. services.Select(Row)]);
        }

        var busiest = _summary.Busiest.Take(most).ToList();
        if (busiest.Count > 0)
        {
            yield return new Block.Visitors([.. busiest.Select(Row)]);
        }

        Phrase[] rest = [.. OtherPorts(services), .. OtherAddresses(busiest)];
        if (rest.Length > 0)
        {
            yield return new Block.Paragraph(rest);
        }
    }

    private IEnumerable<Phrase> OtherPorts(List<ServiceLine> shown)
    {
        var connections = _summary.Connections - shown.Sum(line => line.Connections);
        if (shown.Count > 0 && connections > 0)
        {
            yield return $"More ports: {Count.Of(connections, "connection")}";
        }
    }

    private IEnumerable<Phrase> OtherAddresses(List<SourceLine> shown)
    {
        var connections = _summary.Connections - shown.Sum(line => line.Connections);
        var addresses = _summary.Sources - shown.Count;
        if (connections > 0)
        {
            var networks = shown.Count == _summary.Busiest.Count && _summary.OtherNetworks is { } count ? $" in {Count.Of(count, "network")}" : "";
            var who = addresses > 0 ? $"{Count.Of(addresses, "more address", "more addresses")}{networks}" : "More";
            yield return $"{who}: {Count.Of(connections, "connection")}";
        }
    }

    private PortRow Row(ServiceLine line) =>
        new(ports.Of(line.Service, line.Protocol, line.Port), Wording.Number(line.Connections), Wording.Number(line.Sources));

    private VisitorRow Row(SourceLine line) => new(
        Wording.Number(line.Connections),
        Wording.Brief(line.First),
        Wording.Brief(line.Last),
        _callers.Address(line.Address),
        _callers.Name(line.Address),
        Telling.Of(line.Bytes));
}
