using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads <c>[daemon]</c> and <c>[log]</c>; both may be missing. Relative paths are relative to the main file.</summary>
internal sealed class DaemonReader(HostFacts host, string baseDirectory)
{
    public DaemonDefinition Read(TableReader? table)
    {
        var state = Directory(table, "state_dir") ?? host.StateDirectory;
        var daemon = new DaemonDefinition
        {
            StateDirectory = state,
            RunDirectory = Directory(table, "run_dir") ?? host.RunDirectory ?? Path.Combine(state, "run"),
            HandlersDirectory = Directory(table, "handlers_dir") ?? host.HandlersDirectory,
        };
        table?.RefuseTheRest();
        return daemon;
    }

    public static LogDefinition ReadLog(TableReader? table)
    {
        if (table is null)
        {
            return new LogDefinition();
        }

        var log = new LogDefinition
        {
            Level = table.Optional("level", Levels, LogLevel.Information),
            Format = table.Optional("format", Formats, LogFormat.Text),
        };
        table.RefuseTheRest();
        return log;
    }

    private static Func<TomlNode, Reading<LogLevel>> Levels => Values.OneOf(
        ("debug", LogLevel.Debug), ("information", LogLevel.Information),
        ("warning", LogLevel.Warning), ("error", LogLevel.Error));

    private static Func<TomlNode, Reading<LogFormat>> Formats => Values.OneOf(("text", LogFormat.Text), ("json", LogFormat.Json));

    private string? Directory(TableReader? table, string key) =>
        table?.Find(key, Values.Text) is { } path ? Path.GetFullPath(path.Value, baseDirectory) : null;
}
