namespace SuperServer.Handlers.Serving;

/// <summary>What an author's method does, whatever its options are and however it is served.</summary>
/// <param name="Greet">Makes the client that the method gets.</param>
/// <param name="Serve">Serves a stream; null when the handler does not.</param>
/// <param name="Open">Makes the datagram that the method gets.</param>
/// <param name="Answer">Answers a datagram; null when the handler does not.</param>
internal sealed record Trade(
    Func<ClientStream, Encounter, Log, Client> Greet,
    Func<Client, CancellationToken, Task>? Serve,
    Trade.Opening Open,
    Func<Datagram, CancellationToken, Task>? Answer)
{
    public static Trade Of(
        Func<Client, CancellationToken, Task>? serve, Func<Datagram, CancellationToken, Task>? answer, HandlerSettings settings) =>
        new(
            (stream, encounter, log) => new Client(stream, encounter, log),
            serve,
            (payload, source, self, sender, log) => new Datagram(payload, source, self, sender, settings.GuardsReplies, log),
            answer);

    public static Trade Of<TOptions>(
        Func<Client<TOptions>, CancellationToken, Task>? serve,
        Func<Datagram<TOptions>, CancellationToken, Task>? answer,
        HandlerSettings settings,
        TOptions options) =>
        new(
            (stream, encounter, log) => new Client<TOptions>(stream, encounter, log, options),
            serve is null ? null : (client, stop) => serve((Client<TOptions>)client, stop),
            (payload, source, self, sender, log) => new Datagram<TOptions>(payload, source, self, sender, settings.GuardsReplies, log, options),
            answer is null ? null : (datagram, stop) => answer((Datagram<TOptions>)datagram, stop));

    public delegate Datagram Opening(ReadOnlyMemory<byte> payload, SocketName source, SocketName? self, Sender sender, Log log);
}
