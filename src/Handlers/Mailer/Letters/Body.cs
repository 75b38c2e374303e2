using System.Globalization;
using System.Net;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>The text of a mail. Plain ASCII, readable on a phone and by a script; every value from outside is cleaned on its way in.</summary>
internal sealed class Body(string host, Summary summary, IReadOnlyDictionary<IPAddress, Finding> names, Moment moment)
{
    private readonly StringBuilder _text = new();
    private readonly string _host = Clean.Text(host, 100);

    public string Text()
    {
        if (summary.Only is { } only)
        {
            WriteOne(only);
        }
        else
        {
            WriteMany();
        }

        WriteRemarks();
        WriteFooter();
        return _text.ToString();
    }

    private void WriteOne(AlertEvent only)
    {
        Line($"Someone connected to a port that nobody should use on {_host}.");
        Line();
        Line($"  Who    {Who(only.Source)}");
        Line($"  Port   {PortOf(only.Service, only.Protocol, only.Port)}{(only.Target is { } target ? $" on {target}" : "")}");
        Line($"  When   {Utc(only.At)}{LocalTime(only.At)}");
        Line($"  Did    {Deed.Of(only)}");
        Line($"  Ref    {Clean.Text(only.Reference, 20)}");
        Line();
        Line("1 connection.");
    }

    private void WriteMany()
    {
        Line($"{Count.Of(summary.Connections, "connection")} from {Count.Of(summary.Sources, "address", "addresses")} "
            + $"to ports that nobody should use on {_host},");
        Line($"from {Utc(summary.Began)} to {Utc(summary.Ended)}.");
        Line();
        WriteTable(
            ["Port", "Connections", "Addresses"],
            summary.Services.Select(line => (string[])
            [
                PortOf(line.Service, line.Protocol, line.Port), Number(line.Connections), Number(line.Sources),
            ]));
        Line();
        WriteTable(
            ["Connections", "First (UTC)", "Last (UTC)", "Address"],
            summary.Busiest.Select(line => (string[])
            [
                Number(line.Connections), Brief(line.First), Brief(line.Last), Who(line.Address) + Sent(line.Bytes),
            ]));
        WriteRest();
    }

    private void WriteRest()
    {
        var connections = summary.Connections - summary.Busiest.Sum(line => line.Connections);
        if (connections > 0)
        {
            Line($"{Count.Of(summary.Sources - summary.Busiest.Count, "more address", "more addresses")}: "
                + Count.Of(connections, "connection"));
        }
    }

    private void WriteRemarks()
    {
        string?[] remarks =
        [
            summary.Ignored == 0 ? null : $"{Count.Of(summary.Ignored, "connection")} of ignored addresses not shown.",
            summary.Damaged == 0 ? null : $"{Count.Of(summary.Damaged, "damaged record")} in the spool could not be read.",
            summary.Unfamiliar == 0 ? null : $"{Count.Of(summary.Unfamiliar, "record")} of a kind this version does not know.",
            .. summary.Notices.Select(notice => Clean.Text(notice, 400)),
        ];
        foreach (var remark in remarks.OfType<string>())
        {
            Line(remark);
        }
    }

    private void WriteFooter()
    {
        var day = moment.Next.UtcDateTime.Date == moment.At.UtcDateTime.Date ? "" : $"{moment.Next.UtcDateTime:yyyy-MM-dd} ";
        Line($"You will hear again only if more arrives, not before {day}{moment.Next.UtcDateTime:HH:mm} UTC.");
        Line("-- ");
        var range = summary.First == summary.Last
            ? $"Event #{summary.First}"
            : $"Events #{summary.First}-#{summary.Last} ({summary.Last - summary.First + 1})";
        var verdict = summary.IsComplete ? "complete" : $"INCOMPLETE, {summary.Last - summary.First + 1 - summary.Held} missing";
        var before = summary.First == 1 ? "" : $"; previous mail ended at #{summary.First - 1}";
        Line($"{range}, {verdict}{before}. superserver {Release.Version} on {_host}");
    }

    private void WriteTable(string[] head, IEnumerable<string[]> rows)
    {
        string[][] all = [head, .. rows];
        var widths = Enumerable.Range(0, head.Length).Select(column => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            Line("  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private string Who(IPAddress? address)
    {
        if (address is null)
        {
            return "unknown address";
        }

        var words = names.TryGetValue(address, out var finding) ? finding.Words : "";
        return words.Length == 0 ? address.ToString() : $"{address}   {words}";
    }

    private static string Sent(byte[] bytes) => bytes.Length == 0 ? "" : $"   sent {Clean.Bytes(bytes, 40)}";

    private static string PortOf(string service, string protocol, int? port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(port is { } number ? $"{number}/" : "")}{Clean.Text(protocol, 10)} {Clean.Text(service, 40)}");

    private string LocalTime(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, moment.Zone);
        return local.Offset == TimeSpan.Zero ? "" : $"   ({local.ToString("HH:mm:ss zzz", CultureInfo.InvariantCulture)} on this host)";
    }

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Brief(DateTimeOffset at) => at.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private void Line(string line = "") => _text.Append(line).Append('\n');
}
