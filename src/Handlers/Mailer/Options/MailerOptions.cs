using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>What the administrator wrote below <c>[alerts]</c>, as values. One that exists is valid.</summary>
internal sealed record MailerOptions
{
    public required IReadOnlyList<string> Recipients { get; init; }

    public required string Sender { get; init; }

    public required Pace Pace { get; init; }

    /// <summary>The rhythm for visitors from inside.</summary>
    public required Pace InsidePace { get; init; }

    /// <summary>Networks that count as inside besides the private ones (<c>10.0.0.0/8</c> as written, host bits zero).</summary>
    public IReadOnlyList<IPNetwork> InsideNetworks { get; init; } = [];

    public MailCap Cap { get; init; } = new(4, 12);

    public MailCap InsideCap { get; init; } = new(12, 60);

    /// <summary>For the whole host and every kind of mail but <c>alert test</c>.</summary>
    public int HostCapPerHour { get; init; } = 30;

    public SelfCheck SelfCheck { get; init; } = SelfCheck.Weekly;

    /// <summary>Before every subject, in place of <c>[host]</c>.</summary>
    public string? SubjectPrefix { get; init; }

    /// <summary>Addresses, networks and host names that are counted and never mailed alone.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>More of them, one a line.</summary>
    public string? IgnoreFile { get; init; }

    /// <summary>How long mailed events are kept.</summary>
    public TimeSpan Retain { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Every event as a line of a CSV file beside the mail's text.</summary>
    public bool AttachCsv { get; init; }

    /// <summary>The host's stable id.</summary>
    public string? Machine { get; init; }

    public required IReadOnlyList<TransportOptions> Transports { get; init; }

    /// <summary>Who else is told what was recorded.</summary>
    public FeedOptions Feeds { get; init; } = new();

    /// <summary>Whether reverse names are looked up; each lookup can be noticed by the owner of the address.</summary>
    public bool Resolve { get; init; } = true;

    /// <summary>How long it stays when nothing waits, so that a burst does not start it again and again.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Collectors of records, beside the mails.</summary>
internal sealed record FeedOptions
{
    /// <summary>A file of JSON lines.</summary>
    public string? EventLog { get; init; }

    /// <summary>journald, or whoever reads /dev/log.</summary>
    public bool SystemLog { get; init; }

    /// <summary>A collector on the web.</summary>
    public WebTarget? Collector { get; init; }
}

/// <summary>At most so many mails.</summary>
internal sealed record MailCap(int PerHour, int PerDay);

/// <summary>How often a mail comes even when nothing happened.</summary>
internal enum SelfCheck
{
    Weekly,
    Daily,
    Never,
}

/// <summary>Where a secret is read from, at each use: a file, or a descriptor that the daemon opened for us.</summary>
internal sealed record SecretSource(string? Path, int? Descriptor);

/// <summary>One <c>[[alerts.transport]]</c>.</summary>
internal abstract record TransportOptions
{
    /// <summary>Gets every mail, whatever the others do; not a fallback.</summary>
    public bool Always { get; init; }

    public sealed record Smtp(SmtpSettings Settings) : TransportOptions;

    public sealed record Sendmail(string Path) : TransportOptions;

    public sealed record Maildir(string Path) : TransportOptions;

    public sealed record Webhook(WebTarget Target) : TransportOptions;

    public sealed record Exec(IReadOnlyList<string> Command) : TransportOptions;

    public sealed record Log : TransportOptions;
}
