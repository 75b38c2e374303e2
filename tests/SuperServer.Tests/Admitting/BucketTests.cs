using System.Numerics;
using CsCheck;
using SuperServer.Admitting;
using SuperServer.Configuration;

namespace SuperServer.Tests.Admitting;

/// <summary>The bucket that stores one moment, held to one that really counts tokens.</summary>
public sealed class BucketTests
{
    private static readonly TimeSpan[] _units = [.. Rate.Units.Select(unit => unit.Per)];

    private static readonly Gen<Rate> _rates = Gen.Select(
        Gen.OneOf(Gen.Int[1, 12], Gen.Int[1, 1_000_000]), Gen.Int[0, 3], Gen.OneOf(Gen.Int[1, 5], Gen.Int[1, 1_000_000]),
        (count, unit, burst) => new Rate(count, _units[unit], burst, null));

    // Mostly around the time of a token, sometimes nothing at all, sometimes years.
    private static readonly Gen<(int Kind, double Share)[]> _pauses = Gen.Select(Gen.Int[0, 9], Gen.Double[0, 3]).Array[1, 60];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(30)]
    public void Of_a_burst_of_N_exactly_N_come_through(int burst)
    {
        var rate = new Rate(30, TimeSpan.FromMinutes(1), burst, null);

        Assert.Equal(burst, TakeAll(rate, default, TimeSpan.FromDays(3), out _));
    }

    [Fact]
    public void After_the_burst_one_comes_each_share_of_the_time_and_not_a_tick_before()
    {
        var rate = new Rate(30, TimeSpan.FromMinutes(1), 5, null);
        var start = TimeSpan.FromDays(3);
        TakeAll(rate, default, start, out var bucket);

        for (var step = 1; step <= 100; step++)
        {
            var next = start + TimeSpan.FromSeconds(2 * step);
            Assert.Equal(next, bucket.NextAt(rate, next - TimeSpan.FromTicks(1)));
            Assert.False(bucket.HasToken(rate, next - TimeSpan.FromTicks(1)));
            Assert.Equal(1, TakeAll(rate, bucket, next, out bucket));
        }
    }

    [Fact]
    public void Seven_a_second_are_seven_in_every_second_of_a_day()
    {
        var rate = new Rate(7, TimeSpan.FromSeconds(1), 7, null);
        var bucket = default(Bucket);
        for (var second = 1; second <= 86_400; second++)
        {
            Assert.Equal(7, TakeAll(rate, bucket, TimeSpan.FromSeconds(second), out bucket));
        }
    }

    [Fact]
    public void A_clock_that_stands_still_gives_nothing_more()
    {
        var rate = new Rate(2, TimeSpan.FromSeconds(1), 2, null);
        TakeAll(rate, default, TimeSpan.FromSeconds(9), out var bucket);

        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.False(bucket.HasToken(rate, TimeSpan.FromSeconds(9))));
    }

    [Fact]
    public void The_end_of_time_is_a_moment_like_any_other()
    {
        var rate = new Rate(1_000_000, TimeSpan.FromDays(1), 1_000_000, null);
        var bucket = default(Bucket).Taken(rate, TimeSpan.MaxValue);

        Assert.True(bucket.HasToken(rate, TimeSpan.MaxValue));
        Assert.Equal(TimeSpan.MaxValue, bucket.FullAt(rate));
        Assert.Equal(1_000_000, TakeAll(rate, default, TimeSpan.MaxValue, out _));
    }

    [Fact]
    public void A_clock_that_was_set_back_keeps_nobody_out_for_longer_than_an_empty_bucket()
    {
        var rate = new Rate(6, TimeSpan.FromMinutes(1), 3, null);
        TakeAll(rate, default, TimeSpan.FromDays(900), out var bucket);

        Assert.Equal(TimeSpan.FromSeconds(11), bucket.NextAt(rate, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void It_gives_a_token_exactly_when_the_one_that_counts_has_one() =>
        Gen.Select(_rates, _pauses).Sample((rate, pauses) =>
        {
            var (bucket, tokens) = (default(Bucket), new CountedTokens(rate));
            var now = TimeSpan.FromDays(100);
            foreach (var (kind, share) in pauses)
            {
                var pause = Pause(rate, kind, share);
                now += pause;
                tokens.Wait(pause);
                if (bucket.HasToken(rate, now) != tokens.HasOne || bucket.IsFull(rate, now) != tokens.IsFull)
                {
                    return false;
                }

                var next = bucket.NextAt(rate, now);
                if (next - now != tokens.UntilOne || !bucket.HasToken(rate, next)
                    || (next > now && bucket.HasToken(rate, next - TimeSpan.FromTicks(1))))
                {
                    return false;
                }

                if (tokens.HasOne)
                {
                    bucket = bucket.Taken(rate, now);
                    tokens.Take();
                }
            }

            return true;
        });

    [Fact]
    public void What_another_process_takes_over_is_never_more_generous_and_no_tick_slower() =>
        Gen.Select(_rates, _pauses).Sample((rate, pauses) =>
        {
            var bucket = default(Bucket);
            var now = TimeSpan.FromDays(100);
            foreach (var (kind, share) in pauses)
            {
                now += Pause(rate, kind, share);
                bucket = bucket.HasToken(rate, now) ? bucket.Taken(rate, now) : bucket;
            }

            var (next, later) = (bucket.NextAt(rate, now), Bucket.FullAgainAt(rate, bucket.FullAt(rate)).NextAt(rate, now));
            return later >= next && (later - next).Ticks <= 1;
        });

    private static TimeSpan Pause(Rate rate, int kind, double share) => kind switch
    {
        0 or 1 or 2 or 3 => TimeSpan.Zero,
        4 => TimeSpan.FromTicks(1),
        9 => TimeSpan.FromDays(365 * share),
        _ => rate.Per / rate.Count * share,
    };

    private static int TakeAll(Rate rate, Bucket bucket, TimeSpan now, out Bucket emptied)
    {
        var taken = 0;
        for (emptied = bucket; emptied.HasToken(rate, now); emptied = emptied.Taken(rate, now))
        {
            taken++;
        }

        return taken;
    }

    /// <summary>Tokens that are counted, each as many parts as <see cref="Rate.Per"/> has ticks.</summary>
    private sealed class CountedTokens(Rate rate)
    {
        private readonly BigInteger _whole = rate.Per.Ticks;
        private readonly BigInteger _most = (BigInteger)rate.Burst * rate.Per.Ticks;
        private BigInteger _parts = (BigInteger)rate.Burst * rate.Per.Ticks;

        public bool HasOne => _parts >= _whole;

        public bool IsFull => _parts == _most;

        public TimeSpan UntilOne => HasOne ? default : new TimeSpan((long)((_whole - _parts + rate.Count - 1) / rate.Count));

        public void Wait(TimeSpan pause) => _parts = BigInteger.Min(_most, _parts + ((BigInteger)pause.Ticks * rate.Count));

        public void Take() => _parts -= _whole;
    }
}
