namespace SuperServer.Handlers.Mailer;

/// <summary>Hands each mail as JSON to a program of the administrator's.</summary>
internal sealed class ExecTransport(TransportOptions.Exec options) : Transport
{
    public override string Name => "exec";

    public override Task<Attempt> Deliver(Parcel parcel, CancellationToken stop) => throw new NotSupportedException(Name + options);
}
