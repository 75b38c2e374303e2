namespace SuperServer.Handlers.Mailer;

/// <summary>A composed mail on its way: the same bytes and the same Message-ID, however often it is tried.</summary>
internal sealed record Parcel(long Id, string MessageId, byte[] Message)
{
    /// <summary>The same for a program, as JSON.</summary>
    public byte[] Payload { get; init; } = [];

    public string Subject { get; init; } = "";

    public required string Sender { get; init; }

    /// <summary>Those who do not have it yet.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    public required DateTimeOffset MadeAt { get; init; }
}
