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

    public required Placed<int>? MaxConnections { get; init; }

    public required Overflow Overflow { get; init; }

    public required Placed<bool>? NoNewPrivileges { get; init; }

    public required bool Enabled { get; init; }

    private static readonly Func<TomlNode, Reading<ServiceMode>> _modes =
        Values.OneOf(("nowait", ServiceMode.Nowait), ("wait", ServiceMode.Wait));

    private static readonly Func<TomlNode, Reading<StandardError>> _standardErrors = Values.OneOf(
        ("socket", Configuration.StandardError.Socket), ("log", Configuration.StandardError.Log),
        ("null", Configuration.StandardError.Null));

    private static readonly Func<TomlNode, Reading<Overflow>> _overflows = Values.OneOf(
        ("queue", Configuration.Overflow.Queue), ("close", Configuration.Overflow.Close),
        ("reset", Configuration.Overflow.Reset));

    private static readonly Func<TomlNode, Reading<int>> _backlogs = Values.WholeNumber(1, 65_535);

    private static readonly Func<TomlNode, Reading<int>> _crowds = Values.WholeNumber(1, 100_000);

    public static ServiceSettings Read(TableReader table, TableReader? defaults) => new()
    {
        Mode = table.Find("mode", _modes),
        Environment = EnvironmentReader.Read(table, defaults),
        WorkingDirectory = table.Optional("cwd", Values.AbsolutePath, "/"),
        Umask = table.Optional("umask", Values.Mask, 0b000_010_010),
        StandardError = table.Find("stderr", _standardErrors),
        Backlog = table.Optional("backlog", _backlogs, 4096),
        MaxConnections = table.Find("max_connections", _crowds),
        Overflow = table.Optional("overflow", _overflows, Configuration.Overflow.Queue),
        NoNewPrivileges = table.Find("no_new_privs", Values.Flag),
        Enabled = table.Optional("enabled", Values.Flag, true),
    };
}
