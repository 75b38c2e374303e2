namespace SuperServer.Handlers.Mailer;

/// <summary>Writes each mail's text to the daemon's log.</summary>
internal sealed class LogTransport() : Transport
{
    public override string Name => "log";

    public override Task<Attempt> Deliver(Parcel parcel, CancellationToken stop) => throw new NotSupportedException(Name);
}
