using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>The blocks of a mail as text that a phone and a script can read: tables of blanks, a blank line between blocks.</summary>
internal sealed class PlainText
{
    private const int LabelWidth = 5;

    private readonly StringBuilder _text = new();

    public static string Of(IEnumerable<Block> blocks)
    {
        var text = new PlainText();
        foreach (var block in blocks)
        {
            text.Write(block);
        }

        return text._text.ToString();
    }

    private void Write(Block block)
    {
        if (_text.Length > 0 && block is not Block.Signature)
        {
            Line("");
        }

        switch (block)
        {
            case Block.Headline headline:
                WriteLines(headline.Lines);
                break;
            case Block.Urgent urgent:
                WriteLines(urgent.Lines);
                break;
            case Block.Paragraph paragraph:
                WriteLines(paragraph.Lines);
                break;
            case Block.Facts facts:
                WriteTable(facts.All.Select(fact => (string[])[fact.Label.PadRight(LabelWidth), fact.Value.ToString()]));
                break;
            case Block.Ports ports:
                WriteTable([["Port", "Connections", "Addresses"], .. ports.Rows.Select(Cells)]);
                break;
            case Block.Visitors visitors:
                WriteTable([["Connections", "First (UTC)", "Last (UTC)", "Address"], .. visitors.Rows.Select(Cells)]);
                break;
            case Block.Signature signature:
                Line("-- ");
                Line(signature.Words);
                break;
        }
    }

    private static string[] Cells(PortRow row) => [row.Port, row.Connections, row.Addresses];

    private static string[] Cells(VisitorRow row)
    {
        string[] who = [row.Address.ToString(), row.Name.ToString(), row.Sent.Length == 0 ? "" : $"sent {row.Sent}"];
        return [row.Connections, row.First, row.Last, string.Join("   ", who.Where(part => part.Length > 0))];
    }

    private void WriteLines(IEnumerable<Phrase> lines)
    {
        foreach (var line in lines)
        {
            Line(line.ToString());
        }
    }

    private void WriteTable(IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
        var widths = Enumerable.Range(0, all[0].Length).Select(column => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            Line("  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private void Line(string line) => _text.Append(line).Append('\n');
}
