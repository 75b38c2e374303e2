namespace SuperServer.Handlers.Mailer;

/// <summary>
/// What the log hears of deliveries: when a transport stops working, hourly while it does not, and when it works again. Else a
/// long outage would bury its own first line.
/// </summary>
internal sealed class DeliveryLog(TimeProvider clock, Action<string> say)
{
    private static readonly TimeSpan _betweenReminders = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Trouble> _troubles = new(StringComparer.Ordinal);

    public void Tell(Errand errand, Attempt attempt, Delivery delivery)
    {
        var name = errand.Station.Name;
        if (attempt.Accepted.Count > 0)
        {
            say($"mail {errand.Mail.MessageId} sent to {string.Join(", ", attempt.Accepted)} by {name}"
                + (attempt.Reply.Length == 0 ? "" : $": {attempt.Reply}"));
        }

        if (attempt.Failure is { } failure)
        {
            Complain(errand, failure, delivery);
        }
        else if (_troubles.Remove(name, out var trouble))
        {
            say($"{name} works again; it did not since {Instant(trouble.Since)}");
        }

        foreach (var (recipient, words) in delivery.Refused)
        {
            say($"error: mail {errand.Mail.MessageId} is given up for {recipient}: {words}");
        }
    }

    private void Complain(Errand errand, Failure failure, Delivery delivery)
    {
        var known = _troubles.TryGetValue(errand.Station.Name, out var trouble);
        if (known && trouble!.Class == failure.Class && clock.GetElapsedTime(trouble.LastSaid) < _betweenReminders)
        {
            return;
        }

        var since = known ? trouble!.Since : clock.GetUtcNow();
        _troubles[errand.Station.Name] = new Trouble(failure.Class, since, clock.GetTimestamp());
        say($"error: mail {errand.Mail.MessageId} has not gone out{(known ? $", nor any since {Instant(since)}" : "")}"
            + $" ({Future(errand, delivery)}): {failure.Words}");
    }

    private string Future(Errand errand, Delivery delivery) => delivery.Leg is { State: LegState.Waiting } leg
        ? $"again in {Span.Short(leg.NextTry - clock.GetUtcNow())}"
        : $"{errand.Station.Name} is not tried again";

    private static string Instant(DateTimeOffset at) => $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";

    private sealed record Trouble(FailureClass Class, DateTimeOffset Since, long LastSaid);
}
