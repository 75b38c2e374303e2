using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>The keys that [defaults] may set for every service.</summary>
internal sealed record ServiceSettings
{
    public required Placed<ServiceMode>? Mode { get; init; }

    public required List<EnvironmentVariable> Environment { get; init; }

    public required string WorkingDirectory { get; init; }

    public required int Umask { get; init; }

    public required Placed<StandardError>? StandardError { get; init; }

    public required int Backlog { get; init; }

    public required PoolSettings Pool { get; init; }

    public required TimeSpan? MaxRuntime { get; init; }

    public required TimeSpan StopTimeout { get; init; }

    public required bool ListenFds { get; init; }

    public required Placed<bool>? NoNewPrivileges { get; init; }

    public required bool Enabled { get; init; }

    private static readonly Func<TomlNode, Reading<ServiceMode>> _modes =
        Values.OneOf(("nowait", ServiceMode.Nowait), ("wait", ServiceMode.Wait), ("pool", ServiceMode.Pool));

    private static readonly Func<TomlNode, Reading<StandardError>> _standardErrors = Values.OneOf(
        ("socket", Configuration.StandardError.Socket), ("log", Configuration.StandardError.Log),
        ("null", Configuration.StandardError.Null));

    private static readonly Func<TomlNode, Reading<int>> _backlogs = Values.WholeNumber(1, 65_535);

    private static readonly Func<TomlNode, Reading<TimeSpan>> _runtimes =
        Values.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365));

    private static readonly Func<TomlNode, Reading<TimeSpan>> _stopTimeouts =
        Values.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));

    private static readonly Func<TomlNode, Reading<TimeSpan>> _idleTimes =
        Values.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));

    public static ServiceSettings Read(TableReader table, TableReader? defaults) => new()
    {
        Mode = table.Find("mode", _modes),
        Environment = EnvironmentReader.Read(table, defaults),
        WorkingDirectory = table.Optional("cwd", Values.AbsolutePath, "/"),
        Umask = table.Optional("umask", Values.Mask, 0b000_010_010),
        StandardError = table.Find("stderr", _standardErrors),
        Backlog = table.Optional("backlog", _backlogs, 4096),
        Pool = ReadPool(table),
        MaxRuntime = table.Find("max_runtime", _runtimes)?.Value,
        StopTimeout = table.Optional("stop_timeout", _stopTimeouts, TimeSpan.FromSeconds(10)),
        ListenFds = table.Optional("listen_fds", Values.Flag, false),
        NoNewPrivileges = table.Find("no_new_privs", Values.Flag),
        Enabled = table.Optional("enabled", Values.Flag, true),
    };

    // A table of its own: [defaults] has one as a whole, or the service has.
    private static PoolSettings ReadPool(TableReader table)
    {
        var usual = new PoolSettings();
        if (table.InheritedTable("pool", "[service.NAME.pool]", "as in { workers = 4 }") is not { } pool)
        {
            return usual;
        }

        var settings = new PoolSettings
        {
            Workers = pool.Optional("workers", Values.WholeNumber(1, 1_000), usual.Workers),
            MaxConcurrent = pool.Optional("max_concurrent", Values.WholeNumber(1, 10_000), usual.MaxConcurrent),
            Idle = pool.Optional("idle", _idleTimes, usual.Idle),
            Recycle = pool.Optional("recycle", Values.WholeNumber(0, 1_000_000_000), usual.Recycle),
        };
        pool.RefuseTheRest();
        return settings;
    }
}
