using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads <see cref="RecordFeeds"/>.</summary>
internal sealed class RecordFeedsReader(TableReader table, HostFacts host, Identity? mailer)
{
    private const string SystemsLog = "syslog";
    private const string ReadersOfLogs = "adm";
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public RecordFeeds Read() => new()
    {
        EventLog = EventLog(),
        EventLogReaders = mailer is { IsSwitched: true } ? host.GroupByName(ReadersOfLogs)?.Gid : null,
        SystemLog = table.Many("forward", Collector)?.Any(collector => collector.Value == SystemsLog) ?? false,
    };

    private static Reading<string> Collector(TomlNode node) => Values.Text(node) switch
    {
        { Value: SystemsLog } reading => reading,
        { Value: { } text } => new Objection($"must be \"syslog\", not {Printable.Quoted(text)}"),
        var reading => reading,
    };

    private string? EventLog()
    {
        if (table.Find("event_log", Values.AbsolutePath) is not { } file)
        {
            return null;
        }

        var path = Path.GetFullPath(file.Value);
        if (WhyNot(path) is { } why)
        {
            table.Report(file.Place, $"event log {Printable.Quoted(file.Value)} {why}");
        }

        return path;
    }

    private string? WhyNot(string path)
    {
        var folder = Path.GetDirectoryName(path);
        return (host.Look(path).Kind, folder) switch
        {
            (FileKind.Directory, _) or (_, null) => "is a directory: name a file in it",
            (FileKind.Special, _) => "is not a regular file",
            (FileKind.Regular, _) => WhyNotWritten(host.Look(path)),
            _ => WhyNotWritten(folder),
        };
    }

    private string? WhyNotWritten(FileFacts file) =>
        mailer is { IsSwitched: true } && file.Owner != mailer.Uid && (file.Mode & OthersWrite) == 0
            ? $"cannot be written by the mailer: chown {mailer.User}"
            : null;

    // A folder that is not there is made by the daemon, for the mailer; one that is there is somebody's.
    private string? WhyNotWritten(string folder) => host.Look(folder) switch
    {
        { Kind: FileKind.Missing } when Path.GetDirectoryName(folder) is { } parent && host.Look(parent).Kind == FileKind.Missing =>
            $"needs the folder {Printable.Quoted(parent)}, which does not exist",
        { Kind: FileKind.Regular or FileKind.Special } => $"lies in {Printable.Quoted(folder)}, which is no folder",
        { Kind: FileKind.Directory } facts when WhyNotWritten(facts) is not null =>
            $"lies in {Printable.Quoted(folder)}, where the mailer cannot write: name a file in a folder of its own, as in "
            + "\"/var/log/superserver/tripwire.jsonl\", which the daemon makes",
        _ => null,
    };
}
