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

    public static ServiceSettings Read(TableReader table, TableReader? defaults) => new()
    {
        Mode = table.Find("mode", Values.OneOf(("nowait", ServiceMode.Nowait), ("wait", ServiceMode.Wait))),
        Environment = EnvironmentReader.Read(table, defaults),
        WorkingDirectory = table.Optional("cwd", Values.AbsolutePath, "/"),
        Umask = table.Optional("umask", Values.Mask, 0b000_010_010),
        StandardError = table.Find("stderr", StandardErrors),
        Backlog = table.Optional("backlog", Values.WholeNumber(1, 65_535), 4096),
        MaxConnections = table.Find("max_connections", Values.WholeNumber(1, 100_000)),
        Overflow = table.Optional("overflow", Overflows, Configuration.Overflow.Queue),
        NoNewPrivileges = table.Find("no_new_privs", Values.Flag),
        Enabled = table.Optional("enabled", Values.Flag, true),
    };

    private static Func<TomlNode, Reading<StandardError>> StandardErrors => Values.OneOf(
        ("socket", Configuration.StandardError.Socket), ("log", Configuration.StandardError.Log), ("null", Configuration.StandardError.Null));

    private static Func<TomlNode, Reading<Overflow>> Overflows => Values.OneOf(
        ("queue", Configuration.Overflow.Queue), ("close", Configuration.Overflow.Close), ("reset", Configuration.Overflow.Reset));
}
