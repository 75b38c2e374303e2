using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>The mailer's sending without its threads: the route asks, the test answers, the store keeps.</summary>
internal sealed class OutboxRounds(Store store, TimeProvider clock, params Station[] stations)
{
    private readonly Route _route = new(stations);

    /// <summary>One attempt on the oldest mail that has one due; whom it was for and by which transport, or null when nothing is due.</summary>
    public Errand? Attempt(Func<Errand, Attempt> answer)
    {
        var now = clock.GetUtcNow();
        foreach (var mail in store.DueMails())
        {
            if (_route.Next(mail, now) is not { } errand)
            {
                store.Postpone(mail.Id, _route.Wake(mail, now) ?? now);
                continue;
            }

            var delivery = _route.Judge(errand, answer(errand), now, chance: 0.5);
            store.Settle(mail.Id, delivery, _route.Wake(mail.With(delivery.Leg), now) ?? now);
            return errand;
        }

        return null;
    }
}
