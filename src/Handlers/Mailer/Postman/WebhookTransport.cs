namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Posts a mail's payload to an address. Its bytes and its key are the same at every attempt, so that a receiver can tell that it has it
/// already. It has no recipients of its own: who takes it takes it for all.
/// </summary>
internal sealed class WebhookTransport(WebTarget target, TimeSpan patience) : Transport
{
    private readonly WebPost _post = new(target, patience);

    public override string Name => $"webhook {target.Name}";

    public override async Task<Attempt> Deliver(Parcel parcel, CancellationToken stop)
    {
        Witness?.Begins("post");
        var failure = await _post.Send(
            parcel.Payload, "application/json", [("Idempotency-Key", $"\"{parcel.MessageId}\"")], stop).ConfigureAwait(false);
        if (failure is not null)
        {
            return new Attempt { Failure = failure with { Words = $"{Name}: {Clean.Text(failure.Words, 300)}" } };
        }

        Witness?.Hear("post", $"{target.Name} took it");
        return Attempt.AllAccepted(parcel);
    }
}
