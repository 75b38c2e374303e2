namespace SuperServer.Handlers.Mailer;

/// <summary>Walks the transports in their order with a mail: each is asked for those whom the ones before did not serve.</summary>
internal sealed class Postman(IReadOnlyList<Transport> transports)
{
    public async Task<Delivery> Deliver(Parcel parcel, CancellationToken stop)
    {
        var accepted = new List<string>();
        var refused = new Dictionary<string, string>(StringComparer.Ordinal);
        var failures = new List<Failure>();
        foreach (var transport in transports)
        {
            var left = parcel with { Recipients = [.. parcel.Recipients.Except(accepted)] };
            if (left.Recipients.Count == 0 || stop.IsCancellationRequested)
            {
                break;
            }

            var attempt = await transport.Deliver(left, stop).ConfigureAwait(false);
            accepted.AddRange(attempt.Accepted);
            Weigh(attempt, left, refused, failures);
        }

        return new Delivery
        {
            Accepted = accepted,
            Refused = refused.Where(entry => !accepted.Contains(entry.Key)).ToDictionary(),
            Failures = accepted.Count == parcel.Recipients.Count ? [] : failures,
        };
    }

    // A recipient is refused for good only when the last transport that was asked says so.
    private static void Weigh(Attempt attempt, Parcel asked, Dictionary<string, string> refused, List<Failure> failures)
    {
        foreach (var recipient in asked.Recipients)
        {
            refused.Remove(recipient);
        }

        foreach (var (recipient, why) in attempt.Refused)
        {
            refused[recipient] = why;
            failures.Add(new Failure(FailureClass.Permanent, why));
        }

        if (attempt.Failure is { } failure)
        {
            failures.Add(failure);
        }
    }
}
