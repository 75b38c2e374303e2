using System.Globalization;
using SuperServer.Configuration;

namespace SuperServer.Control;

/// <summary>The state of all services as lines of text, for SIGUSR1 and <c>superserver status</c>.</summary>
internal static class StatusTable
{
    private static readonly string[] _head = ["SERVICE", "STATE", "MODE", "ENDPOINT", "NOW/MAX", "CHILDREN", "SERVED", "REFUSED", "WHY"];

    public static IEnumerable<string> Lines(IReadOnlyCollection<ServiceReport> services)
    {
        string[][] rows = [_head, .. services.Select(Row)];
        var widths = Enumerable.Range(0, _head.Length - 1).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            yield return string.Concat(widths.Select((width, column) => row[column].PadRight(width + 2))) + row[^1];
        }
    }

    private static string[] Row(ServiceReport service) =>
    [
        service.Name,
        service.Seconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{service.State} {seconds}s") : service.State,
        service.Mode,
        Printable.Escaped(string.Join(',', EndpointList.Compact(service.Endpoints))),
        string.Create(CultureInfo.InvariantCulture, $"{service.Connections}/{service.MaxConnections}"),
        Number(service.Children.Select(child => child.Pid).Distinct().Count()),
        Number(service.Served),
        Number(service.Refused),
        Printable.Escaped(service.Why ?? ""),
    ];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
