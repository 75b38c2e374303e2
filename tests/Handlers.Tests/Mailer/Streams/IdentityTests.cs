using CsCheck;
using Microsoft.Data.Sqlite;

namespace SuperServer.Handlers.Tests.Mailer.Streams;

/// <summary>Thirty days with everything that can go wrong: no connection is missing from the sum, none is in it twice.</summary>
public sealed class IdentityTests
{
    private const int Days = 30;
    private const int DeedsADay = 12;

    private enum Deed
    {
        Outside,
        Inside,
        Ignored,
        Shed,
        Overflow,
        NewOverflowFile,
        OutageBegins,
        OutageEnds,
        Restart,
        Crash,
        MailIsLost,
        ClockJumps,
    }

    [Fact]
    public void Everything_taken_in_is_told_once_or_waits_whatever_goes_wrong() =>
        Deeds(jumps: true).Sample(deeds => Live(deeds, jumps: true), iter: 5, threads: 1);

    [Fact]
    public void No_limit_is_exceeded_whatever_goes_wrong() =>
        Deeds(jumps: false).Sample(deeds => Live(deeds, jumps: false), iter: 5, threads: 1);

    private static Gen<(Deed Deed, int Size, int Minutes)[]> Deeds(bool jumps) => Gen.Select(
        Gen.Int[0, jumps ? (int)Deed.ClockJumps : (int)Deed.MailIsLost].Select(number => (Deed)number),
        Gen.Int[1, 40],
        Gen.Int[1, 2 * 24 * 60 / DeedsADay]).Array[Days * DeedsADay];

    private static void Live((Deed Deed, int Size, int Minutes)[] deeds, bool jumps)
    {
        using var house = new House();
        var model = new Ledger(house);
        for (var i = 0; i < deeds.Length; i++)
        {
            Try(house, () => model.Do(deeds[i].Deed, deeds[i].Size));
            Try(house, () => house.Pass(TimeSpan.FromMinutes(deeds[i].Minutes)));
            if (i % DeedsADay == 0)
            {
                model.Check();
            }
        }

        house.MailIsDown = false;
        house.Disarm();
        house.Pass(TimeSpan.FromDays(3));
        model.Check();
        Assert.Equal(0, house.Store.Identity().Pending);
        if (!jumps)
        {
            AssertLimits([.. house.Mails.Select(mail => mail.At)], perHour: 30);
            AssertLimits([.. house.Mails.Where(mail => mail.Due.Class == 0).Select(mail => mail.At)], perHour: 4, perDay: 12);
            AssertLimits([.. house.Mails.Where(mail => mail.Due.Class != 0).Select(mail => mail.At)], perHour: 12, perDay: 60);
        }
    }

    // What is thrown away is everything but the file.
    private static void Try(House house, Action step)
    {
        try
        {
            step();
        }
        catch (SqliteException error) when (error.Message.Contains("'crash'", StringComparison.Ordinal))
        {
            house.Restart();
            house.Disarm();
        }
    }

    private static void AssertLimits(TimeSpan[] mails, int perHour, int perDay = int.MaxValue)
    {
        foreach (var from in mails)
        {
            Assert.InRange(mails.Count(at => at >= from && at < from + TimeSpan.FromHours(1)), 0, perHour);
            Assert.InRange(mails.Count(at => at >= from && at < from + TimeSpan.FromDays(1)), 0, perDay);
        }
    }

    /// <summary>The naive bookkeeping beside the store: what happened, written down by whoever did it.</summary>
    private sealed class Ledger(House house)
    {
        private readonly Random _random = new(4711);
        private long _numbered;
        private long _ignored;
        private long _coarse;
        private long _overflow;

        public void Do(Deed deed, int size)
        {
            switch (deed)
            {
                case Deed.Outside or Deed.Inside:
                    house.Touch(deed == Deed.Inside ? House.Inside : House.Outside, 23 + (size % 5), size);
                    _numbered += size;
                    break;
                case Deed.Ignored:
                    house.Touch(House.Ignored, count: size);
                    _ignored += size;
                    break;
                case Deed.Shed:
                    house.Shed(size * 100L);
                    _coarse += size * 100L;
                    break;
                case Deed.Overflow or Deed.NewOverflowFile:
                    CountOnly(deed, size);
                    break;
                case Deed.OutageBegins or Deed.OutageEnds:
                    house.MailIsDown = deed == Deed.OutageBegins;
                    break;
                case Deed.Restart:
                    house.Restart();
                    break;
                case Deed.Crash:
                    house.ArmCrash(size * 3);
                    break;
                case Deed.MailIsLost:
                    house.Execute("UPDATE outbox SET state = 'failed', sent_at = made_at WHERE id = (SELECT max(id) FROM outbox WHERE state = 'waiting')");
                    break;
                case Deed.ClockJumps:
                    house.Clock.SetWall(house.Clock.GetUtcNow() + TimeSpan.FromHours(_random.Next(-72, 72)));
                    break;
            }
        }

        public void Check()
        {
            Try(house, house.Round);
            Try(house, house.Round);
            var identity = house.Store.Identity();
            Assert.True(identity.Holds, $"{identity}");
            Assert.Equal((_numbered + _ignored, _coarse, _ignored), (identity.HighestSequence, identity.Coarse, identity.Ignored));
            var next = 1L;
            foreach (var (first, last, _, _) in house.Outbox())
            {
                Assert.Equal(next, first);
                next = last + 1;
            }

            Assert.Equal(identity.Mailed + identity.Lost, house.Outbox().Sum(mail => mail.Connections));
        }

        // A new file begins at nothing; whoever counted into it can only have counted up. The count is in the file even if we crash.
        private void CountOnly(Deed deed, int size)
        {
            var growth = deed == Deed.NewOverflowFile && size < _overflow ? size : _overflow + size;
            _coarse += growth < _overflow ? growth : size;
            _overflow = growth;
            Try(house, () => house.Overflow(_overflow));
            house.Overflow(_overflow);
        }
    }
}
