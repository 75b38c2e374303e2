using System.Text;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Tests.Support;

/// <summary>A temporary folder; with <see cref="Spool"/> it is a lane of the alert spool with an empty journal.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("handlers-").FullName;

    public string Journal => In("journal.jsonl");

    public static Folder Spool()
    {
        var folder = new Folder();
        File.WriteAllText(folder.Journal, "");
        return folder;
    }

    /// <summary>With the file in which a tripwire counts what its journal does not take, as the daemon lays it out.</summary>
    public static Folder SpoolWithOverflow()
    {
        var folder = Spool();
        folder.LayOutOverflow();
        return folder;
    }

    public void LayOutOverflow() => File.WriteAllBytes(In(Overflow.FileName), new byte[Overflow.Size]);

    public IReadOnlyList<OverflowCount> Counted() => Overflow.Read(File.ReadAllBytes(In(Overflow.FileName)));

    /// <summary>The touches in the journal; lines that are damaged are none.</summary>
    public IReadOnlyList<TouchRecord> Touches() =>
    [
        .. File.ReadAllText(Journal).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => AlertReader.Read(Encoding.UTF8.GetBytes(line))).OfType<TouchRecord>(),
    ];

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The records of the journal; a damaged line fails the test.</summary>
    public IReadOnlyList<AlertRecord> Records() =>
        [.. File.ReadAllText(Journal).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Some.Record)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
