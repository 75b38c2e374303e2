namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>What the client gets to see, from the service's options. A mistake in them must not cost an alert: the default stands.</summary>
internal sealed record Policy
{
    public const string Message = "message";
    public const string Close = "close";

    private const int TelnetPort = 23;

    public required string OnConnect { get; init; }

    public required Notice Notice { get; init; }

    /// <summary>How many of the client's first bytes are recorded; with none, <c>close</c> does not wait for any.</summary>
    public required int Capture { get; init; }

    public static Policy From(HandlerOptions options, int? localPort) => new()
    {
        OnConnect = options.Choice("on_connect", localPort == TelnetPort ? Message : Close, Message, Close),
        Notice = Notice.From(options),
        Capture = options.Number("capture", Alerts.EndRecord.MaxFirst, 0, Alerts.EndRecord.MaxFirst),
    };
}
