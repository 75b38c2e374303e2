namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Which transport is asked next for whom, and when. Transports stand in the administrator's order: a later one is asked when
/// every one before it has failed long or often enough, or cannot do it at all; those before it are still tried in their own
/// time. One that gets every mail waits for nobody and spares nobody work. Only numbers and a clock go in.
/// </summary>
internal sealed class Route(IReadOnlyList<Station> stations)
{
    public const int AttemptsBeforeTheNext = 3;
    public static readonly TimeSpan TimeBeforeTheNext = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(5);

    // A host that was off, or whose clock was set, for so long has not tried for so long.
    private const int AttemptsBeforeGivingUp = 5;

    // No wait is as long: a later time was set before the wall clock was set back, and is now.
    private static readonly TimeSpan _longestWait = TimeSpan.FromHours(2);

    private readonly List<Station> _chain = [.. stations.Where(station => !station.Always)];

    /// <summary>Null while nobody's time has come.</summary>
    public Errand? Next(WaitingMail mail, DateTimeOffset now) => stations
        .Select(station => new Errand(mail, station, [.. Open(mail, station).Where(to => TryAt(mail, station, to, now) <= now)]))
        .FirstOrDefault(errand => errand.Recipients.Count > 0);

    /// <summary>When there is something to do; null when nothing will ever be again.</summary>
    public DateTimeOffset? Wake(WaitingMail mail, DateTimeOffset now) => stations
        .SelectMany(station => Open(mail, station).Select(to => (DateTimeOffset?)TryAt(mail, station, to, now)))
        .Min();

    /// <summary>What an attempt means for the mail; <paramref name="chance"/> is 0 to 1.</summary>
    public Delivery Judge(Errand errand, Attempt attempt, DateTimeOffset now, double chance)
    {
        var leg = Move(errand.Mail.LegOf(errand.Station), errand.Recipients, attempt, now, chance);
        var mail = errand.Mail.With(leg);
        return new Delivery
        {
            Accepted = [.. mail.Recipients.Where(to => IsServed(mail, to))],
            Refused = mail.Recipients.Where(to => IsLost(mail, to)).ToDictionary(to => to, to => Reason(mail, to)),
            Failures = [.. Failures(attempt)],
            Leg = Open(mail, errand.Station).Any() || leg.State == LegState.Failed ? leg : leg with { State = LegState.Done },
            IsProgress = attempt.Accepted.Count > 0,
            KeepsWaiting = Wake(mail, now) is not null,
            IsAside = errand.Station.Always && _chain.Count > 0,
        };
    }

    private static Leg Move(Leg leg, IReadOnlyList<string> asked, Attempt attempt, DateTimeOffset now, double chance)
    {
        leg = leg with
        {
            Accepted = leg.Accepted.Union(attempt.Accepted).ToHashSet(),
            Refused = new Dictionary<string, string>(leg.Refused.Concat(attempt.Refused).DistinctBy(entry => entry.Key)),
        };
        return attempt.Failure is null && asked.All(leg.IsOverFor)
            ? leg
            : Fail(leg, attempt.Failure ?? new Failure(FailureClass.Transient, $"{leg.Transport}: no word about some recipients"), now, chance);
    }

    private static Leg Fail(Leg leg, Failure failure, DateTimeOffset now, double chance)
    {
        var first = leg.FirstFailure is { } before && before <= now ? before : now;
        var givenUp = failure.Class == FailureClass.Permanent
            || (now - first >= GiveUpAfter && leg.Attempts + 1 >= AttemptsBeforeGivingUp);
        return leg with
        {
            State = givenUp ? LegState.Failed : LegState.Waiting,
            Attempts = leg.Attempts + 1,
            FirstFailure = first,
            NextTry = now + Backoff.After(failure, leg.Attempts, chance),
            LastClass = failure.Class,
            LastError = failure.Words,
        };
    }

    private IEnumerable<string> Open(WaitingMail mail, Station station)
    {
        var leg = mail.LegOf(station);
        return mail.Recipients.Where(to => !leg.IsOverFor(to) && (station.Always || !IsServed(mail, to)));
    }

    private DateTimeOffset TryAt(WaitingMail mail, Station station, string recipient, DateTimeOffset now)
    {
        var own = mail.LegOf(station).NextTry is var next && next > now + _longestWait ? now : next;
        return station.Always
            ? own
            : _chain.TakeWhile(other => other != station)
                .Select(other => PassesAt(mail.LegOf(other), recipient, now))
                .Append(own)
                .Max();
    }

    // From when on the next transport may be asked because this one does not get the mail through.
    private static DateTimeOffset PassesAt(Leg leg, string recipient, DateTimeOffset now) => leg switch
    {
        _ when leg.IsOverFor(recipient) => DateTimeOffset.MinValue,
        { LastClass: FailureClass.Configuration } or { Attempts: >= AttemptsBeforeTheNext } => DateTimeOffset.MinValue,
        { FirstFailure: { } first } => (first > now ? now : first) + TimeBeforeTheNext,
        _ => DateTimeOffset.MaxValue,
    };

    private IReadOnlyList<Station> Decisive => _chain.Count > 0 ? _chain : stations;

    private bool IsServed(WaitingMail mail, string recipient) =>
        mail.Served.Contains(recipient) || Decisive.Any(station => mail.LegOf(station).Accepted.Contains(recipient));

    private bool IsLost(WaitingMail mail, string recipient) =>
        !IsServed(mail, recipient) && Decisive.All(station => mail.LegOf(station).IsOverFor(recipient));

    private string Reason(WaitingMail mail, string recipient)
    {
        var last = mail.LegOf(Decisive[^1]);
        return last.Refused.GetValueOrDefault(recipient) ?? last.LastError ?? "refused";
    }

    private static IEnumerable<Failure> Failures(Attempt attempt)
    {
        foreach (var (recipient, words) in attempt.Refused)
        {
            yield return new Failure(FailureClass.Permanent, $"{recipient}: {words}");
        }

        if (attempt.Failure is { } failure)
        {
            yield return failure;
        }
    }
}
