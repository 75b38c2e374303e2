using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>A client who has come, and who he is.</summary>
/// <param name="Socket">Ours to close.</param>
/// <param name="Id">What the daemon wants to hear of the end; empty when it sees the process end.</param>
internal sealed record Guest(int Socket, Visitor Visitor, byte[] Id)
{
    /// <summary>How log lines call him.</summary>
    public string Name => (Visitor.Connection, Visitor.From) switch
    {
        ({ } id, { } from) => $"#{id} {from}",
        ({ } id, null) => $"#{id}",
        (null, { } from) => $"{from}",
        _ => "a local client",
    };
}
