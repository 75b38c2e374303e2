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
    public delegate Datagram Opening(ReadOnlyMemory<byte> payload, SocketName source, SocketName? self, Sender sender, Log log);
}
