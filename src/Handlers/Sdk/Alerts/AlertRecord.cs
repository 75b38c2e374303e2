namespace SuperServer.Handlers.Alerts;

/// <summary>
/// One line of the alert spool: what a tripwire writes and what the mailer reads. Both sides know it only by this definition;
/// <see cref="AlertWriter"/> and <see cref="AlertReader"/> are its two directions.
/// </summary>
internal abstract record AlertRecord
{
    /// <summary>The version of the record's form that this code writes.</summary>
    public const int Version = 1;

    /// <summary>The longest line, without its line feeds.</summary>
    public const int MaxLength = 2048;

    /// <summary>A ULID; what happens to one connection shares one id, and the mailer takes in each (id, kind) once.</summary>
    public required string Id { get; init; }
}

/// <summary>A sound record of a kind or version this code does not know: to be counted, not to be called damaged.</summary>
internal sealed record UnfamiliarRecord : AlertRecord
{
    /// <summary>Its <c>t</c>, as written.</summary>
    public required string Kind { get; init; }
}
