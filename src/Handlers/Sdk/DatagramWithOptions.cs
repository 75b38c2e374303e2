using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers;

/// <summary>A datagram to a service that has options.</summary>
/// <typeparam name="TOptions">The author's type for the table <c>[service.NAME.options]</c>.</typeparam>
public sealed class Datagram<TOptions> : Datagram
{
    internal Datagram(
        ReadOnlyMemory<byte> payload, SocketName source, SocketName? self, Sender sender, bool isGuarded, Log log, TOptions options)
        : base(payload, source, self, sender, isGuarded, log) =>
        Options = options;

    /// <summary>The service's options, read once when the process started.</summary>
    public TOptions Options { get; }
}
