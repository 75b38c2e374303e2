namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>What the client of one port gets to see.</summary>
internal sealed record Policy
{
    public const string Message = "message";
    public const string Close = "close";
    public const string Reset = "reset";
    public const string Tarpit = "tarpit";

    /// <summary>The only one for datagrams, and nobody's choice: their sender can be forged, so an answer could be aimed.</summary>
    public const string Silent = "silent";

    public required string OnConnect { get; init; }

    public required Notice Notice { get; init; }

    /// <summary>How many of the client's first bytes are recorded; with none, <c>close</c> does not wait for any.</summary>
    public required int Capture { get; init; }
}
