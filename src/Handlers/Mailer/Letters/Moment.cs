namespace SuperServer.Handlers.Mailer;

/// <summary>When a mail is written, and what is true only then.</summary>
/// <param name="At">Now.</param>
/// <param name="Next">The earliest time of the next mail.</param>
/// <param name="Zone">The host's own time.</param>
/// <param name="Token">Makes its Message-ID its own.</param>
internal sealed record Moment(DateTimeOffset At, DateTimeOffset Next, TimeZoneInfo Zone, string Token);
