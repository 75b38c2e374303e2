using System.Globalization;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Events as a table for a spreadsheet (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe:
/// a stranger's bytes must not compute on the reader's machine.
/// </summary>
internal sealed class CsvFile
{
    public const int MostBytes = 1024 * 1024;

    private static readonly string[] _head =
        ["number", "time", "address", "port", "service", "protocol", "local_port", "action", "reference", "first_bytes"];

    private readonly StringBuilder _text = new();

    private CsvFile() => Add(_head);

    /// <summary>How many of the events found room.</summary>
    public int Rows { get; private set; }

    public byte[] Bytes => Encoding.UTF8.GetBytes(_text.ToString());

    public static CsvFile Of(IEnumerable<AlertRow> rows)
    {
        var file = new CsvFile();
        foreach (var row in rows)
        {
            var before = file._text.Length;
            file.Add(Cells(row));
            if (file._text.Length > MostBytes)
            {
                file._text.Length = before;
                break;
            }

            file.Rows++;
        }

        return file;
    }

    private static string[] Cells(AlertRow row) =>
    [
        Number(row.Sequence),
        row.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        row.Source?.ToString() ?? "",
        Number(row.SourcePort),
        Clean.Text(row.Service, 100),
        Clean.Text(row.Protocol, 10),
        Number(row.Port),
        Clean.Text(row.Action, 30),
        Clean.Text(row.Reference, 30),
        Clean.Bytes(row.Bytes, 1024),
    ];

    private void Add(string[] cells) => _text.AppendJoin(',', cells.Select(Guarded)).Append("\r\n");

    private static string Guarded(string cell)
    {
        var harmless = cell.Length > 0 && cell[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{cell}" : cell;
        return harmless.AsSpan().ContainsAny(",\"\r\n") ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : harmless;
    }

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
