using System.Net;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The blocks of a mail as HTML. It sets no colours of text or ground, and what is less important is only fainter, so that it is
/// light in a light mail reader and dark in a dark one; it loads nothing and links nowhere; and whatever is not one of the tags below is encoded.
/// </summary>
internal sealed class HtmlText
{
    private const string Accent = "#c2570c";
    private const string Faint = "opacity:.7";
    private const string Rule = "1px solid rgba(128,128,128,.35)";
    private const string Breaks = "overflow-wrap:anywhere;word-break:break-word";
    private const string Headline =
        $"margin:0 0 20px;padding:0 0 0 12px;border-left:4px solid {Accent};font-size:18px;line-height:1.4;font-weight:600;{Breaks}";
    private const string Urgent = $"margin:0 0 20px;padding:8px 12px;border:1px solid {Accent};font-weight:600;{Breaks}";
    private const string Signature = $"margin:0;padding:12px 0 0;border-top:{Rule};{Faint};font-size:13px;{Breaks}";
    private const string Small = $"{Faint};font-size:14px";
    private const string Head = $"padding:0 0 6px 0;{Faint};font-size:13px;font-weight:600;text-align:left";
    private const string NumberHead = $"padding:0 0 6px 12px;{Faint};font-size:13px;font-weight:600;text-align:right";
    private const string Cell = $"padding:6px 0;border-top:{Rule};vertical-align:top;{Breaks}";
    private const string NumberCell =
        $"padding:6px 0 6px 12px;border-top:{Rule};vertical-align:top;text-align:right;white-space:nowrap";
    private const string Label = $"padding:3px 16px 3px 0;{Faint};font-weight:normal;vertical-align:top;text-align:left";
    private const string Value = $"padding:3px 0;vertical-align:top;width:100%;{Breaks}";
    private const string Fixed = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.92em";
    private const string Page =
        "max-width:640px;margin:0 auto;padding:20px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif";
    private const string Table = "<table style=\"border-collapse:collapse;width:100%;margin:0 0 20px\">\n";
    private const string NewLine = "<br />\n";

    private readonly StringBuilder _html = new();

    public static string Of(IEnumerable<Block> blocks, string title)
    {
        var html = new HtmlText();
        html.WriteHead(title);
        foreach (var block in blocks)
        {
            html.Write(block);
        }

        html._html.Append("</div>\n</body>\n</html>\n");
        return html._html.ToString();
    }

    private void WriteHead(string title) => _html.Append(
        $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no" />
        <title>{{Encode(title)}}</title>
        <style>:root { color-scheme: light dark; }</style>
        </head>
        <body style="margin:0;padding:0">
        <div style="{{Page}}">

        """);

    private void Write(Block block)
    {
        switch (block)
        {
            case Block.Headline headline:
                Element("h1", Headline, Joined(headline.Lines, " "));
                break;
            case Block.Urgent urgent:
                Element("p", Urgent, Joined(urgent.Lines, NewLine));
                break;
            case Block.Paragraph paragraph:
                Element("p", $"margin:0 0 20px;{Breaks}", Joined(paragraph.Lines, NewLine));
                break;
            case Block.Facts facts:
                WriteFacts(facts);
                break;
            case Block.Ports ports:
                WritePorts(ports);
                break;
            case Block.Visitors visitors:
                WriteVisitors(visitors);
                break;
            case Block.Signature signature:
                Element("p", Signature, Encode(signature.Words));
                break;
        }
    }

    private void WriteFacts(Block.Facts facts)
    {
        _html.Append(Table);
        foreach (var fact in facts.All)
        {
            _html.Append("<tr>\n");
            Element("th", Label, Encode(fact.Label));
            Element("td", Value, Encode(fact.Value));
            _html.Append("</tr>\n");
        }

        _html.Append("</table>\n");
    }

    private void WritePorts(Block.Ports ports)
    {
        _html.Append(Table).Append("<tr>\n");
        Element("th", Head, "Port");
        Element("th", NumberHead, "Connections");
        Element("th", NumberHead, "Addresses");
        _html.Append("</tr>\n");
        foreach (var row in ports.Rows)
        {
            _html.Append("<tr>\n");
            Element("td", Cell, Code(row.Port));
            Element("td", NumberCell, Encode(row.Connections));
            Element("td", NumberCell, Encode(row.Addresses));
            _html.Append("</tr>\n");
        }

        _html.Append("</table>\n");
    }

    private void WriteVisitors(Block.Visitors visitors)
    {
        _html.Append(Table).Append("<tr>\n");
        Element("th", Head, "Address");
        Element("th", NumberHead, "Connections");
        _html.Append("</tr>\n");
        foreach (var row in visitors.Rows)
        {
            var name = row.Name.Pieces.Count == 0 ? "" : NewLine + Encode(row.Name);
            var times = row.First == row.Last ? Unbroken($"{row.First} UTC") : $"{Unbroken(row.First)} to {Unbroken($"{row.Last} UTC")}";
            var sent = row.Sent.Length == 0 ? "" : $"; sent {Code(row.Sent)}";
            _html.Append("<tr>\n");
            Element("td", Cell, $"{Encode(row.Address)}{name}{NewLine}<span style=\"{Small}\">{times}{sent}</span>");
            Element("td", NumberCell, Encode(row.Connections));
            _html.Append("</tr>\n");
        }

        _html.Append("</table>\n");
    }

    private void Element(string name, string style, string html) =>
        _html.Append($"<{name} style=\"{style}\">{html}</{name}>\n");

    private static string Joined(IEnumerable<Phrase> lines, string between) => string.Join(between, lines.Select(Encode));

    private static string Encode(Phrase phrase) =>
        string.Concat(phrase.Pieces.Select(piece => piece.IsValue ? Code(piece.Text) : Encode(piece.Text)));

    private static string Code(string value) => $"<code style=\"{Fixed}\">{Encode(value)}</code>";

    private static string Unbroken(string text) => $"<span style=\"white-space:nowrap\">{Encode(text)}</span>";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
