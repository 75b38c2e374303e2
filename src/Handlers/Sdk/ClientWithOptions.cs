using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers;

/// <summary>A client of a service that has options.</summary>
/// <typeparam name="TOptions">The author's type for the table <c>[service.NAME.options]</c>.</typeparam>
public sealed class Client<TOptions> : Client
{
    internal Client(ClientStream stream, Encounter encounter, Log log, TOptions options)
        : base(stream, encounter, log) =>
        Options = options;

    /// <summary>The service's options, read once when the process started and the same for all of its clients.</summary>
    public TOptions Options { get; }
}
