using System.Net;
using System.Text.Json;

namespace SuperServer.EndToEnd.Harness;

/// <summary>What the tripwires of one daemon have recorded, whichever lane and segment it is in.</summary>
internal sealed class Spool(PrivateFolder folder)
{
    public string Path { get; } = folder.At("state/spool");

    public IReadOnlyList<JsonElement> Touches => [.. Records.Where(record => record.GetProperty("t").GetString() == "touch")];

    /// <summary>How many the daemon says that a tripwire never saw, with the limit that it names.</summary>
    public IReadOnlyList<(long Connections, string Why)> Missed =>
    [
        .. Records.Where(record => record.GetProperty("t").GetString() == "shed")
            .DistinctBy(record => record.GetProperty("id").GetString())
            .Select(record => (record.GetProperty("n").GetInt64(), record.GetProperty("why").GetString()!)),
    ];

    /// <summary>How many connections were recorded, each by itself or, when there were too many, counted together.</summary>
    public long Connections => Touches.Count + Missed.Sum(missed => missed.Connections);

    /// <summary>Where the recorded visitors came from.</summary>
    public IReadOnlyList<IPEndPoint> Visitors => [.. Touches.Select(touch => Source(touch.GetProperty("src")))];

    private IEnumerable<JsonElement> Records => Directory
        .GetFiles(Path, "journal*.jsonl", SearchOption.AllDirectories)
        .SelectMany(File.ReadAllLines)
        .Where(line => line.Length > 0)
        .Select(Parse)
        .OfType<JsonElement>();

    private static IPEndPoint Source(JsonElement source) =>
        new(IPAddress.Parse(source.GetProperty("ip").GetString()!), source.GetProperty("port").GetInt32());

    // A writer that was killed may leave half a line; what it is worth is the mailer's to say.
    private static JsonElement? Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
