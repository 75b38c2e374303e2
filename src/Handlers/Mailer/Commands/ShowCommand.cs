using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary><c>superserver alert show ID</c>: one mail, who has it, what each transport did, and its text while it is kept.</summary>
internal sealed class ShowCommand(Store store, Reply reply)
{
    public int Run(long id)
    {
        var mail = store.MailOf(id) ?? throw new CommandException(ExitCode.Unknown, $"there is no mail {id}; superserver alert queue shows those that wait");
        var message = store.MessageOf(id) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        var answer = new MailAnswer(
            MailLine.Of(mail),
            [.. store.RecipientStates(id).Select(one => new RecipientLine(one.Address, one.State, one.Detail))],
            [.. store.LegsOfMail(id).Select(leg => new TransportLine(leg.Transport, leg.Attempts, leg.LastError))],
            message);
        Tell(mail, answer);
        reply.Give(answer, AnswersJson.Default.MailAnswer);
        return ExitCode.Done;
    }

    private void Tell(MailFacts mail, MailAnswer answer)
    {
        reply.Say($"mail {mail.Id}, {mail.State}: {Clean.Text(mail.Subject, 100)}");
        reply.Say($"  made {Wording.Utc(mail.MadeAt)}{(mail.SentAt is { } at ? $", sent {Wording.Utc(at)}" : "")}, {mail.Range}, "
            + $"{Count.Of(mail.Connections, "connection")}, {mail.MessageId}");
        foreach (var (address, state, detail) in answer.Recipients)
        {
            reply.Say($"  {address}: {state}{(detail is null ? "" : $" ({Clean.Text(detail, 200)})")}");
        }

        foreach (var leg in answer.Transports)
        {
            reply.Say($"  {leg.Name}: {Count.Of(leg.FailedAttempts, "failed attempt")}{(leg.LastError is null ? "" : $", {Clean.Text(leg.LastError, 300)}")}");
        }

        if (answer.Message is { } message)
        {
            reply.Say("");
            TellText(message);
        }
    }

    // Our own letter; but it quotes strangers, and a terminal obeys.
    private void TellText(string message)
    {
        foreach (var line in message.Split('\n'))
        {
            reply.Say(Clean.Text(line.TrimEnd('\r'), 1000));
        }
    }
}
