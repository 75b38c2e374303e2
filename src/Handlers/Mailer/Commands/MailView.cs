using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary><c>superserver alert show ID</c>: one mail, who has it, what each transport did, and its text while it is kept.</summary>
internal sealed class MailView(Store store, TextWriter output)
{
    public int Write(long id)
    {
        var mail = store.MailOf(id) ?? throw new CommandException(ExitCode.Unknown, $"there is no mail {id}; superserver alert queue shows those that wait");
        output.WriteLine($"mail {mail.Id}, {mail.State}: {Clean.Text(mail.Subject, 100)}");
        output.WriteLine($"  made {Wording.Utc(mail.MadeAt)}{(mail.SentAt is { } at ? $", sent {Wording.Utc(at)}" : "")}, {mail.Range}, "
            + $"{Count.Of(mail.Connections, "connection")}, {mail.MessageId}");
        foreach (var (address, state, detail) in store.RecipientStates(id))
        {
            output.WriteLine($"  {address}: {state}{(detail is null ? "" : $" ({Clean.Text(detail, 200)})")}");
        }

        foreach (var leg in store.LegsOfMail(id))
        {
            output.WriteLine($"  {leg.Transport}: {Count.Of(leg.Attempts, "failed attempt")}{(leg.LastError is null ? "" : $", {Clean.Text(leg.LastError, 300)}")}");
        }

        if (store.MessageOf(id) is { } message)
        {
            output.WriteLine();
            WriteText(message);
        }

        return ExitCode.Done;
    }

    // Our own letter; but it quotes strangers, and a terminal obeys.
    private void WriteText(byte[] message)
    {
        foreach (var line in Encoding.UTF8.GetString(message).Split('\n'))
        {
            output.WriteLine(Clean.Text(line.TrimEnd('\r'), 1000));
        }
    }
}
