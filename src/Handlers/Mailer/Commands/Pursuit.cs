using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Follows a visit of our own through the store until it is in a mail that somebody has, or until it is clear that it will not be soon.
/// It only looks: how the mailer goes about it is what is to be seen.
/// </summary>
/// <param name="surroundings">Where spool and store are.</param>
/// <param name="options">The mailer's.</param>
/// <param name="say">A step, how long after the beginning, and what there is to say.</param>
/// <param name="clock">The system's.</param>
/// <param name="start">When the visit began.</param>
internal sealed class Pursuit(
    Surroundings surroundings, MailerOptions options, Action<string, TimeSpan, string> say, TimeProvider clock, DateTimeOffset start)
{
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(50);

    /// <summary>The mailer takes in first and judges then: a wait is believed when it stands for so long.</summary>
    private static readonly TimeSpan _settled = TimeSpan.FromSeconds(2);

    private DateTimeOffset _deadline;

    public TripAnswer Of(TripAnswer answer, IPEndPoint? source, TimeSpan wait)
    {
        _deadline = start + wait;
        Doorbell.RingAt(surroundings.Bell);
        using var store = Until(Open);
        if (store is null || Until(() => store.EventBy(answer.Service, source, start)) is not { } found)
        {
            return Missed(answer, source);
        }

        say("recorded", found.At - start, $"as {found.Reference}");
        say("taken in", found.TakenAt - start, $"as event #{found.Sequence}, {StreamClasses.Name(found.Class)}");
        answer = answer with
        {
            Event = found.Sequence,
            Reference = found.Reference,
            RecordedMs = After(found.At),
            TakenInMs = After(found.TakenAt),
        };
        return found.IsIgnored
            ? answer with { Outcome = "ignored", Reason = "recorded and counted; this address is on the ignore list (superserver alert why), so no mail comes for it alone" }
            : Mailed(answer, store, found);
    }

    private TripAnswer Mailed(TripAnswer answer, Store store, EventFacts found)
    {
        DateTimeOffset? due = null;
        long? heldSince = null;
        var mail = Until(() => store.MailsAbout(found.Sequence, found.Sequence) is [var first, ..] ? first : null, () =>
        {
            due = new Forecast(store, options, clock).DueOf(found.Class);
            heldSince = due > _deadline ? heldSince ?? clock.GetTimestamp() : null;
            return heldSince is { } since && clock.GetElapsedTime(since) >= _settled;
        });
        return mail is null ? Held(answer, store, found, due) : Sent(answer, store, mail);
    }

    private TripAnswer Held(TripAnswer answer, Store store, EventFacts found, DateTimeOffset? due)
    {
        var words = new Waiting(store, options, clock).Words(found.Class);
        return due > _deadline
            ? answer with { Outcome = "held", HeldUntil = due, Reason = $"recorded; the mail comes {Wording.Utc(due.Value)} (in {Span.Short(due.Value - clock.GetUtcNow())}): {words}" }
            : answer with { Outcome = "waiting", Reason = $"recorded, but no mail was written within {Span.Short(_deadline - start)}: {words}" };
    }

    private TripAnswer Sent(TripAnswer answer, Store store, MailFacts mail)
    {
        say("written", mail.MadeAt - start, $"in mail {mail.Id}: {Clean.Text(mail.Subject, 100)}");
        mail = Until(() => store.MailOf(mail.Id) is { State: not "waiting" } done ? done : null, () => IsLater(store.MailOf(mail.Id))) ?? store.MailOf(mail.Id) ?? mail;
        answer = answer with { Mail = MailLine.Of(mail), MailWrittenMs = After(mail.MadeAt), MailSentMs = mail.SentAt is { } at ? After(at) : null };
        if (mail is not { State: "sent", SentAt: { } sent })
        {
            return answer with
            {
                Outcome = "waiting",
                Reason = $"recorded and written, but mail {mail.Id} has not gone out: {Clean.Text(mail.LastError ?? "nobody has taken it yet", 300)} (superserver alert show {mail.Id})",
            };
        }

        var names = store.RecipientStates(mail.Id);
        say("sent", sent - start, $"to {string.Join(", ", names.Where(one => one.State == "sent").Select(one => one.Address))}");
        return answer with { Outcome = "mailed", Reason = $"from the touch to the mail it took {Span.Precise(sent - start)}" };
    }

    private bool IsLater(MailFacts? mail) => mail is { Attempts: > 0, NextTry: var next } && next > _deadline;

    private TripAnswer Missed(TripAnswer answer, IPEndPoint? source) => source is not null && SpoolGlance.Sees(surroundings.Spool, source)
        ? answer with
        {
            Outcome = "unread",
            Reason = $"the record is in the spool, but the mailer has not taken it in within {Span.Short(_deadline - start)}: superserver status and the daemon's log say why",
        }
        : answer with
        {
            Outcome = "unrecorded",
            Reason = "somebody took the visit, but no record of it came: another program may have the port, or a rule or a limit turned it away "
                + $"(superserver explain {source?.Address.ToString() ?? "ADDRESS"} {Clean.Text(answer.Service, 40)}; what is turned away is counted in the next mail)",
        };

    // A mailer that starts for the first time lays its store out step by step.
    private Store? Open()
    {
        try
        {
            return Store.OpenBeside(Path.Combine(surroundings.Store, "alerts.db"), clock, mayWrite: false);
        }
        catch (Exception early) when (early is CommandException || Store.IsTrouble(early))
        {
            return null;
        }
    }

    private long After(DateTimeOffset at) => (long)(at - start).TotalMilliseconds;

    /// <summary>Looks until there is something, the time is over, or it is known that nothing will be.</summary>
    private T? Until<T>(Func<T?> look, Func<bool>? isVain = null)
        where T : class
    {
        while (true)
        {
            if (look() is { } found)
            {
                return found;
            }

            if (clock.GetUtcNow() >= _deadline || isVain?.Invoke() == true)
            {
                return null;
            }

            Thread.Sleep(_glance);
        }
    }
}
