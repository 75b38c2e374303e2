namespace SuperServer.Handlers.Mailer;

/// <summary>What the administrator wrote below <c>[alerts]</c>, as values. One that exists is valid.</summary>
internal sealed record MailerOptions
{
    public required IReadOnlyList<string> Recipients { get; init; }

    public required string Sender { get; init; }

    public required Pace Pace { get; init; }

    public required IReadOnlyList<TransportOptions> Transports { get; init; }

    /// <summary>Whether reverse names are looked up; each lookup can be noticed by the owner of the address.</summary>
    public bool Resolve { get; init; } = true;

    /// <summary>How long it stays when nothing waits, so that a burst does not start it again and again.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>One <c>[[alerts.transport]]</c>.</summary>
internal abstract record TransportOptions
{
    public sealed record Smtp(SmtpSettings Settings) : TransportOptions;

    public sealed record Sendmail(string Path) : TransportOptions;

    public sealed record Maildir(string Path) : TransportOptions;
}
