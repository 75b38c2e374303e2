namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The sum that must come out even: what all mails have told, what was lost with mails that nobody got, what is ignored and what
/// waits is everything that was ever taken in.
/// </summary>
/// <param name="Mailed">Connections in mails that were sent or wait to be.</param>
/// <param name="Lost">Connections in mails that were given up or dropped.</param>
/// <param name="Ignored">Of ignored addresses, told as one number or still to be.</param>
/// <param name="Pending">In no mail yet.</param>
/// <param name="HighestSequence">The number of the newest event.</param>
/// <param name="Coarse">Connections that were counted and have no number.</param>
internal sealed record Identity(long Mailed, long Lost, long Ignored, long Pending, long HighestSequence, long Coarse)
{
    public long Told => Mailed + Lost + Ignored + Pending;

    public long Taken => HighestSequence + Coarse;

    public bool Holds => Told == Taken;
}

/// <summary>Adding it up, both sides independently: one from the mails and what waits, the other from the numbers that were given.</summary>
internal sealed partial class Store
{
    public Identity Identity()
    {
        var composed = Counter(Composed);
        var lost = Number("SELECT coalesce(sum(connections), 0) FROM outbox WHERE state IN ('failed', 'dropped')") ?? 0;
        var pending = Number("SELECT count(*) FROM event WHERE seq > $1 AND ignored = 0", composed) ?? 0;
        var ignored = Number("SELECT count(*) FROM event WHERE seq > $1 AND ignored = 1", composed) ?? 0;
        var coarse = Number("SELECT coalesce(sum(connections), 0) FROM coarse WHERE outbox IS NULL") ?? 0;
        return new Identity(
            Mailed: Counter(Told) - lost,
            Lost: lost,
            Ignored: Counter(ToldIgnored) + ignored,
            Pending: pending + coarse,
            HighestSequence: Math.Max(0, Counter(NextSequence) - 1),
            Coarse: Counter(CoarseTotal));
    }
}
