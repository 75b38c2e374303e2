namespace SuperServer.Handlers.Mailer;

/// <summary><c>alert preview</c>: the mail that would be sent; all but <c>due</c> null when there is nothing to tell.</summary>
internal sealed record PreviewAnswer : Answer
{
    /// <summary>When the mailer would send it; null when nothing waits, or when it is a preview of a time.</summary>
    public DateTimeOffset? Due { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyList<string>? To { get; init; }

    public long? First { get; init; }

    public long? Last { get; init; }

    public long? Connections { get; init; }

    public string? Text { get; init; }

    public string? Html { get; init; }
}
