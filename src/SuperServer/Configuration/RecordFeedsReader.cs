using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads <see cref="RecordFeeds"/>.</summary>
internal sealed class RecordFeedsReader(TableReader table, HostFacts host, string baseDirectory, Identity? mailer, SecretReader secrets)
{
    private const string SystemsLog = "syslog";
    private const string ReadersOfLogs = "adm";
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly string[] _keysOfCollector = ["forward_headers_file", "forward_ca_file"];

    public RecordFeeds Read()
    {
        var collectors = table.Many("forward", Collector) ?? [];
        return new RecordFeeds
        {
            EventLog = EventLog(),
            EventLogReaders = mailer is { IsSwitched: true } ? host.GroupByName(ReadersOfLogs)?.Gid : null,
            SystemLog = collectors.Any(collector => collector.Value == SystemsLog),
            Collector = Collector([.. collectors.Where(collector => collector.Value != SystemsLog)]),
        };
    }

    private WebPlace? Collector(List<Placed<string>> addresses)
    {
        foreach (var (_, place) in addresses.Skip(1))
        {
            table.Report(place, "'forward' takes one address: a second collector can be told by the first one");
        }

        var collector = new WebReader(table, host, baseDirectory, secrets).Read(addresses.FirstOrDefault()?.Value, "forward_");
        if (addresses.Count > 0)
        {
            return collector;
        }

        foreach (var key in _keysOfCollector.Where(table.Owns))
        {
            table.Report(table.PlaceOf(key), $"'{key}' goes with an address in 'forward', and there is none");
        }

        return null;
    }

    private static Reading<string> Collector(TomlNode node) => Values.Text(node) switch
    {
        { Value: SystemsLog } reading => reading,
        { Value: { } text } when !text.Contains("://", StringComparison.Ordinal) => new Objection(
            $"must be \"syslog\" or an address such as \"https://collector.example.org/records\", not {Printable.Quoted(text)}"),
        { Value: not null } => WebReader.Address(node),
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
