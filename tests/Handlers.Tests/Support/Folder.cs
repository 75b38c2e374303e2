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

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The records of the journal; a damaged line fails the test.</summary>
    public IReadOnlyList<AlertRecord> Records() =>
        [.. File.ReadAllText(Journal).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Some.Record)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
