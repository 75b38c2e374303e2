namespace SuperServer.Handlers.Mailer;

/// <summary>POSTs each mail as JSON.</summary>
internal sealed class WebhookTransport(TransportOptions.Webhook options) : Transport
{
    public override string Name => "webhook";

    public override Task<Attempt> Deliver(Parcel parcel, CancellationToken stop) => throw new NotSupportedException(Name + options);
}
