namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The attempt that is under way, at most one. It runs beside the loop, so that a slow mail server keeps nobody from taking in
/// what is recorded; only the loop touches the store.
/// </summary>
internal sealed class Outgoing(Store store, Postman postman, MailerOptions options, Doorbell bell, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private Parcel? _parcel;
    private Task<Delivery>? _delivery;

    public bool IsUnderWay => _delivery is not null;

    /// <summary>Books what has ended, and starts the next.</summary>
    public void Turn()
    {
        Book();
        if (_delivery is null && store.NextParcel(options.Sender) is { } parcel)
        {
            _parcel = parcel;
            _delivery = Task.Run(() => postman.Deliver(parcel, _abort.Token));
            _ = _delivery.ContinueWith(_ => bell.Ring(), TaskScheduler.Default);
        }
    }

    /// <summary>Lets the attempt end if it does so soon, and breaks it off if not; then nothing is booked, and the mail stays.</summary>
    public void Finish(TimeSpan grace)
    {
        if (_delivery?.Wait(grace) == false)
        {
            _abort.Cancel();
            return;
        }

        Book();
    }

    public void Dispose() => _abort.Dispose();

    private void Book()
    {
        if (_delivery is not { IsCompleted: true } || _parcel is not { } parcel)
        {
            return;
        }

        var delivery = _delivery.GetAwaiter().GetResult();
        _delivery = null;
#pragma warning disable CA5394 // jitter, not a secret
        var wait = Backoff.After(delivery.Class ?? FailureClass.Permanent, parcel.Attempts, Random.Shared.NextDouble());
#pragma warning restore CA5394
        store.Settle(parcel, delivery, clock.GetUtcNow() + wait);
        Report(parcel, delivery, wait);
    }

    private static void Report(Parcel parcel, Delivery delivery, TimeSpan wait)
    {
        if (delivery.Failures.Count > 0)
        {
            var again = delivery.Accepted.Count > 0 && delivery.Class == FailureClass.Permanent ? "given up" : $"again in {Span.Short(wait)}";
            Log.Say($"error: mail {parcel.MessageId} has not reached {string.Join(", ", parcel.Recipients.Except(delivery.Accepted))} "
                + $"({again}): {delivery.Words}");
        }
        else
        {
            Log.Say($"mail {parcel.MessageId} sent to {string.Join(", ", delivery.Accepted)}");
        }
    }
}
