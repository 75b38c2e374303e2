namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>What has become of a touch.</summary>
internal enum Kept
{
    /// <summary>It stands nowhere but, maybe, in the log.</summary>
    Nowhere,

    /// <summary>The overflow has counted it; its details are in the log.</summary>
    Counted,

    /// <summary>Its record is durable.</summary>
    Recorded,
}
