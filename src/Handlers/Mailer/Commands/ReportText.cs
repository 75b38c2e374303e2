using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>A report for people: a sentence of totals, the ports, the addresses, and how far the numbers are told.</summary>
internal sealed class ReportText(Reply reply, ReportAnswer answer)
{
    private const int MostMails = 10;

    private readonly PortNames _ports = new(ServicesFile.OfThisHost);

    public void Tell()
    {
        if (reply.IsJson)
        {
            return;
        }

        reply.Say(Headline());
        Table(["Port", "Connections", "Addresses"], answer.Ports.Select(Cells), answer.Ports.Sum(line => line.Connections), "port");
        Table(["Connections", "First (UTC)", "Last (UTC)", "Address"], answer.Sources.Select(Cells), answer.Sources.Sum(line => line.Connections), "address", "addresses");
        reply.Say("");
        Numbers();
        Mails();
    }

    private string Headline()
    {
        var counted = answer.CountedOnly > 0 ? $" and {Count.Of(answer.CountedOnly, "connection")} only counted" : "";
        var times = answer is { Began: { } began, Ended: { } ended } ? $", {Wording.Utc(began)} to {Wording.Utc(ended)}" : "";
        return $"{Count.Of(answer.Connections, "connection")} from {Count.Of(answer.Addresses, "address", "addresses")}{counted}{times}";
    }

    private void Table(string[] head, IEnumerable<string[]> rows, long shown, string one, string? many = null)
    {
        string[][] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }

        reply.Say("");
        foreach (var line in TextTable.Lines([head, .. all]))
        {
            reply.Say(line);
        }

        if (answer.Connections > shown)
        {
            reply.Say($"  more {many ?? one + "s"}: {Count.Of(answer.Connections - shown, "connection")} (--top shows more)");
        }
    }

    private string[] Cells(PortLine line) =>
        [_ports.Of(line.Service, line.Protocol, line.Port), Wording.Number(line.Connections), Wording.Number(line.Addresses)];

    private static string[] Cells(AddressLine line)
    {
        string[] who = [line.Address ?? "unknown address", NameOf(line), line.Sent is null ? "" : $"sent {line.Sent}"];
        return
        [
            Wording.Number(line.Connections), Wording.Brief(line.First), Wording.Brief(line.Last),
            string.Join("   ", who.Where(part => part.Length > 0)),
        ];
    }

    private static string NameOf(AddressLine line) => line.NameState switch
    {
        "confirmed" => $"{Clean.Text(line.Name, 253)} (confirmed)",
        "claimed" => $"claims \"{Clean.Text(line.Name, 253)}\" - NOT confirmed",
        "malformed" => new Finding(FindingState.Malformed).Words,
        _ => "",
    };

    private void Numbers()
    {
        if (answer is not { First: { } first, Last: { } last })
        {
            reply.Say("no numbered event");
            return;
        }

        var numbers = last - first + 1;
        reply.Say(string.Create(CultureInfo.InvariantCulture, $"events #{first}-#{last}: {Count.Of(numbers, "number")}, ")
            + (answer.Complete ? "complete" : $"INCOMPLETE: {Wording.Number(numbers - answer.Held)} no longer kept")
            + (answer.Ignored > 0 ? $", {Wording.Number(answer.Ignored)} of ignored addresses" : "")
            + (answer.NotMailedYet > 0 ? $", {Wording.Number(answer.NotMailedYet)} not mailed yet" : ""));
    }

    private void Mails()
    {
        if (answer.Mails.Count > 0)
        {
            var told = string.Join(", ", answer.Mails.TakeLast(MostMails).Select(mail => $"{mail.Id} ({Wording.Numbers(mail.First, mail.Last)}, {mail.State})"));
            reply.Say($"told in {Count.Of(answer.Mails.Count, "mail")}: {(answer.Mails.Count > MostMails ? "…, " : "")}{told}");
        }
    }
}
