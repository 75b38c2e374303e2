namespace SuperServer.Handlers.Mailer;

/// <summary>One event, told in full.</summary>
internal sealed class Visit(Draft draft, AlertEvent only, PortNames ports)
{
    private readonly Callers _callers = new(draft);

    public IEnumerable<Block> Blocks() =>
    [
        new Block.Headline([$"{Someone} connected to a {Place} that nobody should use on {draft.Host}."]),
        new Block.Facts(
        [
            new Fact("Who", Who()),
            new Fact("Port", Port()),
            new Fact("When", $"{Wording.Utc(only.At)}{Wording.OnThisHost(only.At, draft.Moment.Zone)}"),
            new Fact("Did", Deed.Of(only)),
            new Fact("Ref", Phrase.Value(Clean.Text(only.Reference, 20))),
        ]),
    ];

    private string Someone => draft switch
    {
        { IsLocal: true } => "A process of this host",
        { IsInside: true } => "A host of your own network",
        _ => "Someone",
    };

    private string Place => draft.IsLocal ? "socket" : "port";

    private Phrase Who()
    {
        var name = _callers.Name(only.Source);
        return name.Pieces.Count == 0 ? _callers.Address(only.Source) : _callers.Address(only.Source) + "   " + name;
    }

    private Phrase Port()
    {
        Phrase port = ports.Of(only.Service, only.Protocol, only.Port);
        return only.Target is { } target ? port + " on " + Phrase.Value(target.ToString()) : port;
    }
}
