using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>A client who has come, and who he is.</summary>
/// <param name="Socket">Ours to close.</param>
/// <param name="Id">What the daemon wants to hear of the end; empty when it sees the process end.</param>
internal sealed record Guest(int Socket, Visitor Visitor, byte[] Id)
{
    /// <summary>How log lines call him.</summary>
    public string Name => Visitor.From?.ToString() ?? "a local client";

    /// <summary>Where his connection is spoken of: in a pool with its id, for the process has another.</summary>
    public Log Log { get; } = new(Id.Length > 0 ? Visitor.Connection : null);
}
