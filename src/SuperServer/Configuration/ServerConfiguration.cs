namespace SuperServer.Configuration;

/// <summary>Everything that was read from one configuration file and its includes. It exists only when all of it is valid.</summary>
internal sealed record ServerConfiguration
{
    /// <summary>The main file, as it was named on the command line.</summary>
    public required string File { get; init; }

    public required DaemonDefinition Daemon { get; init; }

    public HouseRules House { get; init; } = new();

    /// <summary>The sets of networks that rules may name, each with what its files held when they were read.</summary>
    public ValueList<NamedSet> Sets { get; init; } = [];

    public LogDefinition Log { get; init; } = new();

    /// <summary>Null when the file has no <c>[alerts]</c> table.</summary>
    public AlertsDefinition? Alerts { get; init; }

    /// <summary>
    /// The enabled services in the order of the file, includes in the order of their names; the mailer's own service, which
    /// <c>[alerts]</c> implies, comes last.
    /// </summary>
    public required ValueList<ServiceDefinition> Services { get; init; }

    /// <summary>
    /// Services with <c>enabled = false</c>: never listened for, and checked but for what the machine lacks. A user or program
    /// that is missing has a made-up place here.
    /// </summary>
    public ValueList<ServiceDefinition> Disabled { get; init; } = [];
}

/// <summary>The <c>[daemon]</c> table.</summary>
internal sealed record DaemonDefinition
{
    /// <summary>Sockets and the lock that keeps a second daemon out; emptied by a reboot.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>What must survive a reboot: the alert spool and the mailer's store.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Where <c>handler = "…"</c> finds its programs.</summary>
    public required string HandlersDirectory { get; init; }
}

/// <summary>How much the log says.</summary>
internal enum LogLevel
{
    Debug,
    Information,
    Warning,
    Error,
}

/// <summary>How a line of the log looks.</summary>
internal enum LogFormat
{
    Text,
    Json,
}

/// <summary>The <c>[log]</c> table.</summary>
internal sealed record LogDefinition
{
    public LogLevel Level { get; init; } = LogLevel.Information;

    public LogFormat Format { get; init; } = LogFormat.Text;
}

/// <summary>
/// What of the <c>[alerts]</c> table concerns the daemon: whose spool it lays out and who may write to it. How mail is sent is
/// between the file and the mailer, which gets the rest in SUPERSERVER_OPTIONS.
/// </summary>
internal sealed record AlertsDefinition
{
    /// <summary>The mailer's program, and the name of the service that <c>[alerts]</c> implies.</summary>
    public const string MailerName = "superserver-mailer";

    /// <summary>Who the mailer runs as: the only reader of the spool and of mail secrets.</summary>
    public required Identity Mailer { get; init; }

    /// <summary>Below the state directory: one lane for each group of notelnet services.</summary>
    public required string SpoolDirectory { get; init; }

    /// <summary>Below the state directory: the mailer's database and lock.</summary>
    public required string StoreDirectory { get; init; }

    /// <summary>Where the mailer writes its event log; null when it writes none.</summary>
    public string? EventLogDirectory { get; init; }

    /// <summary>The group that reads logs on this machine; null for the mailer's own.</summary>
    public uint? EventLogReaders { get; init; }

    /// <summary>The groups of the services that record alerts; each has a lane of its own, which only it may append to.</summary>
    public required ValueList<uint> Writers { get; init; }

    /// <summary>Where the entries of <c>ignore</c> stand ("superserver.toml:14"), for <c>alert why</c>.</summary>
    public ValueList<string> IgnoredAt { get; init; } = [];
}
