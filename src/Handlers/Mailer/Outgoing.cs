namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The attempt that is under way, at most one. It runs beside the loop, so that a slow mail server keeps nobody from taking in
/// what is recorded; only the loop touches the store.
/// </summary>
internal sealed class Outgoing(Store store, Postman postman, MailerOptions options, House house, Doorbell bell, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private readonly DeliveryLog _log = new(clock, Log.Say);
    private Errand? _errand;
    private Task<Attempt>? _attempt;
    private Task _rest = Task.CompletedTask;
    private bool _isRested = true;

    public bool IsUnderWay => _attempt is not null || !_rest.IsCompleted;

    /// <summary>Books what has ended, and starts the next; when there is none, whatever was kept open for it is closed.</summary>
    public void Turn()
    {
        Book();
        if (IsUnderWay)
        {
            return;
        }

        if (NextErrand() is { } errand)
        {
            Start(errand);
        }
        else if (!_isRested)
        {
            _isRested = true;
            _rest = Ringing(Task.Run(postman.Rest));
        }
    }

    /// <summary>Lets the attempt end if it does so soon, and breaks it off if not; then nothing is booked, and the mail stays.</summary>
    public void Finish(TimeSpan grace)
    {
        if (_attempt?.Wait(grace) == false)
        {
            _abort.Cancel();
            return;
        }

        Book();
        Task.Run(postman.Rest).Wait(grace);
    }

    public void Dispose() => _abort.Dispose();

    private Errand? NextErrand()
    {
        foreach (var mail in store.DueMails())
        {
            var now = clock.GetUtcNow();
            if (postman.Route.Next(mail, now) is { } errand)
            {
                return errand;
            }

            if (postman.Route.Wake(mail, now) is { } wake)
            {
                store.Postpone(mail.Id, wake);
            }
            else
            {
                store.StartAnew(mail.Id);
            }
        }

        return null;
    }

    private void Start(Errand errand)
    {
        var parcel = store.Parcel(errand, options.Sender, house);
        _errand = errand;
        _isRested = false;
        _attempt = Task.Run(() => postman.Deliver(errand.Station, parcel, _abort.Token));
        Ringing(_attempt);
    }

    private Task Ringing(Task work) => work.ContinueWith(_ => bell.Ring(), TaskScheduler.Default);

    private void Book()
    {
        if (_attempt is not { IsCompleted: true } || _errand is not { } errand)
        {
            return;
        }

        var attempt = _attempt.GetAwaiter().GetResult();
        _attempt = null;
        var now = clock.GetUtcNow();
#pragma warning disable CA5394 // jitter, not a secret
        var delivery = postman.Route.Judge(errand, attempt, now, Random.Shared.NextDouble());
#pragma warning restore CA5394
        var wake = postman.Route.Wake(errand.Mail.With(delivery.Leg), now) ?? now;
        store.Settle(errand.Mail.Id, delivery, wake);
        _log.Tell(errand, attempt, delivery);
    }
}
