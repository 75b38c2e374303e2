namespace SuperServer.EndToEnd.Harness;

/// <summary>What the daemon has said so far.</summary>
internal sealed class DaemonLog
{
    private const int LinesWorthShowing = 200;

    private readonly List<LogLine> _lines = [];

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(string raw)
    {
        lock (_lines)
        {
            _lines.Add(LogLine.From(raw));
        }
    }

    public IReadOnlyList<LogLine> All(string template, string? service = null)
    {
        lock (_lines)
        {
            return [.. _lines.Where(line =>
                line.Template.StartsWith(template, StringComparison.Ordinal) && (service is null || line["Service"] == service))];
        }
    }

    public Task<LogLine> WaitFor(string template, string? service = null) =>
        Eventually.Get(() => All(template, service) is [.., var last] ? last : null, Wanted(template, service));

    public Task WaitForCount(int count, string template, string? service = null, int seconds = Deadline.Seconds) =>
        Eventually.Holds(
            () => All(template, service).Count >= count, $"{count}th {Wanted(template, service)}", seconds);

    private static string Wanted(string template, string? service) =>
        $"line \"{template}\" in the log for {service ?? "any service"}";

    public override string ToString() => string.Join('\n', Lines.TakeLast(LinesWorthShowing));
}
