namespace SuperServer.Configuration;

/// <summary>Who writes to whom, about what, and how often: the keys of [alerts] that only the mailer cares for.</summary>
internal sealed record LetterRules
{
    public required ValueList<string> To { get; init; }

    public required string From { get; init; }

    /// <summary>The rhythm for strangers.</summary>
    public required PaceRules Outside { get; init; }

    /// <summary>The rhythm for visitors from inside, who are rarer and worse.</summary>
    public required PaceRules Inside { get; init; }

    /// <summary>What counts as inside beside the private networks.</summary>
    public required ValueList<Network> InsideNetworks { get; init; }

    /// <summary>For every kind of mail together.</summary>
    public required int HostMailsPerHour { get; init; }

    /// <summary>"weekly", "daily" or "never": how often a mail comes when nothing happened.</summary>
    public required string Summary { get; init; }

    /// <summary>Before every subject; null for the host's name.</summary>
    public string? SubjectPrefix { get; init; }

    /// <summary>Addresses, networks and names of hosts that are counted and never mailed alone.</summary>
    public required ValueList<string> Ignore { get; init; }

    /// <summary>More of them, one a line, which the mailer reads itself: the list may change at any time.</summary>
    public string? IgnoreFile { get; init; }

    /// <summary>How long mailed events are kept.</summary>
    public required TimeSpan Retain { get; init; }

    /// <summary>"none" or "csv": what goes along with a mail.</summary>
    public required string Attach { get; init; }

    /// <summary>"confirm" or "off": what becomes of the names of addresses.</summary>
    public required string Resolve { get; init; }
}
