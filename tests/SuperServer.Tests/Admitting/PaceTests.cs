using CsCheck;
using SuperServer.Admitting;
using SuperServer.Configuration;

namespace SuperServer.Tests.Admitting;

public sealed class PaceTests
{
    private static readonly TimeSpan _start = TimeSpan.FromDays(2);

    private static readonly ServiceLimits _limits = new()
    {
        Rate = new Rate(10, TimeSpan.FromSeconds(1), 10, null),
        RatePerSource = new Rate(2, TimeSpan.FromSeconds(1), 2, null),
    };

    [Fact]
    public void Without_rates_everybody_may_come_and_nobody_is_remembered()
    {
        var (pace, limits) = (new Pace(), new ServiceLimits());
        for (uint uid = 0; uid < 1_000; uid++)
        {
            Assert.Null(pace.NextOfAll(limits, _start));
            Assert.Null(pace.NextOf(Source.User(uid), limits, _start));
            pace.Take(Source.User(uid), limits, _start);
        }

        Assert.Equal(0, pace.Sources);
    }

    [Fact]
    public void Each_source_has_a_bucket_of_its_own_and_all_share_the_services()
    {
        var pace = new Pace();

        Assert.Equal([2, 2, 2, 2, 2, 0], Enumerable.Range(0, 6).Select(uid => Come(pace, (uint)uid, _limits, _start)));
        Assert.Equal(_start + TimeSpan.FromMilliseconds(100), pace.NextOfAll(_limits, _start));
        Assert.Equal(_start + TimeSpan.FromMilliseconds(500), pace.NextOf(Source.User(1), _limits, _start));
        Assert.Null(pace.NextOf(Source.User(5), _limits, _start));
    }

    [Fact]
    public void Every_source_is_treated_as_by_a_bucket_that_only_it_has() =>
        Gen.Select(Gen.UInt[0, 9], Gen.Int[0, 700]).Array[0, 200].Sample(steps =>
        {
            var limits = _limits with { Rate = null };
            var (pace, buckets) = (new Pace(), new Bucket[10]);
            var now = _start;
            foreach (var (uid, pause) in steps)
            {
                now += TimeSpan.FromMilliseconds(pause / 10);
                var bucket = buckets[uid];
                var hasToken = bucket.HasToken(limits.RatePerSource!, now);
                if (pace.NextOf(Source.User(uid), limits, now) is null != hasToken)
                {
                    return false;
                }

                if (hasToken)
                {
                    buckets[uid] = bucket.Taken(limits.RatePerSource!, now);
                    pace.Take(Source.User(uid), limits, now);
                }
            }

            return true;
        });

    [Fact]
    public void A_million_sources_are_no_more_to_remember_than_the_table_holds()
    {
        var limits = _limits with { Rate = null, RatePerSource = new Rate(1, TimeSpan.FromDays(1), 1, null) };
        var pace = new Pace();
        for (uint uid = 0; uid < 200_000; uid++)
        {
            pace.Take(Source.User(uid), limits, _start + TimeSpan.FromTicks(uid));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (uint uid = 200_000; uid < 1_000_000; uid++)
        {
            pace.Take(Source.User(uid), limits, _start + TimeSpan.FromTicks(uid));
        }

        Assert.Equal(Pace.MostSources, pace.Sources);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_096);
    }

    [Fact]
    public void Who_has_used_most_is_remembered_when_the_table_is_full()
    {
        var pace = new Pace(most: 3);
        var limits = _limits with { Rate = null };
        Come(pace, 0, limits, _start);
        for (uint uid = 1; uid < 50; uid++)
        {
            pace.Take(Source.User(uid), limits, _start);
        }

        Assert.Equal(3, pace.Sources);
        Assert.NotNull(pace.NextOf(Source.User(0), limits, _start));
    }

    [Fact]
    public void Full_buckets_go_as_others_come()
    {
        var pace = new Pace();
        var limits = _limits with { Rate = null };
        for (uint uid = 0; uid < 100; uid++)
        {
            pace.Take(Source.User(uid), limits, _start);
        }

        for (uint uid = 100; uid < 200; uid++)
        {
            pace.Take(Source.User(uid), limits, _start + TimeSpan.FromHours(1));
        }

        Assert.Equal(100, pace.Sources);
    }

    [Fact]
    public void A_known_source_costs_no_memory()
    {
        var pace = new Pace();
        Come(pace, 1, _limits, _start);
        _ = pace.NextOf(Source.User(1), _limits, _start);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var second = 1; second < 100; second++)
        {
            Come(pace, 1, _limits, _start + TimeSpan.FromMilliseconds(second * 500));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_reload_forgets_nobody()
    {
        var pace = new Pace();
        Come(pace, 1, _limits, _start);
        var faster = _limits with { RatePerSource = new Rate(4, TimeSpan.FromSeconds(1), 4, null) };

        pace.Amend(faster);

        Assert.Equal(0, Come(pace, 1, faster, _start));
        Assert.Equal(1, Come(pace, 1, faster, _start + TimeSpan.FromMilliseconds(250)));
        Assert.Equal(4, Come(pace, 2, faster, _start));
    }

    [Fact]
    public void A_reload_of_anything_else_leaves_the_buckets_as_they_are()
    {
        var pace = new Pace();
        var limits = new ServiceLimits
        {
            Rate = new Rate(7, TimeSpan.FromSeconds(1), 7, null),
            RatePerSource = new Rate(3, TimeSpan.FromSeconds(1), 3, null),
        };
        Come(pace, 1, limits, _start);
        var before = (pace.NextOf(Source.User(1), limits, _start), pace.Remember().ServiceFullAt);

        for (var reload = 0; reload < 100; reload++)
        {
            pace.Amend(limits = limits with { MaxConnections = new Limit(reload + 1, null) });
        }

        Assert.Equal(before, (pace.NextOf(Source.User(1), limits, _start), pace.Remember().ServiceFullAt));
    }

    [Fact]
    public void By_another_prefix_nobody_is_who_he_was()
    {
        var pace = new Pace();
        Come(pace, 1, _limits, _start);

        pace.Amend(_limits with { SourcePrefix = new SourcePrefix(24, 64) });

        Assert.Equal(0, pace.Sources);
    }

    [Fact]
    public void A_rate_that_comes_back_after_it_was_taken_away_begins_anew()
    {
        var pace = new Pace();
        Come(pace, 1, _limits, _start);

        pace.Amend(new ServiceLimits());
        pace.Amend(_limits);

        Assert.Equal(2, Come(pace, 1, _limits, _start));
        Assert.Equal(8, Enumerable.Range(2, 8).Sum(uid => Come(pace, (uint)uid, _limits, _start)));
    }

    [Fact]
    public void Another_process_goes_on_where_this_one_stopped()
    {
        var (old, fresh) = (new Pace(), new Pace());
        Come(old, 1, _limits, _start);
        old.Take(Source.User(2), _limits, _start);

        fresh.Recall(_limits, old.Remember());

        Assert.Equal([0, 1, 2], new uint[] { 1, 2, 3 }.Select(uid => Come(fresh, uid, _limits, _start)));
        Assert.Equal(4, Enumerable.Range(4, 9).Sum(uid => Come(fresh, (uint)uid, _limits, _start)));
    }

    [Fact]
    public void What_is_not_limited_any_more_is_not_recalled()
    {
        var (old, fresh) = (new Pace(), new Pace());
        Come(old, 1, _limits, _start);

        fresh.Recall(new ServiceLimits(), old.Remember());

        Assert.Equal(0, fresh.Sources);
        Assert.Empty(fresh.Remember().Sources);
    }

    private static int Come(Pace pace, uint uid, ServiceLimits limits, TimeSpan now)
    {
        var comers = 0;
        for (; pace.NextOfAll(limits, now) is null && pace.NextOf(Source.User(uid), limits, now) is null; comers++)
        {
            pace.Take(Source.User(uid), limits, now);
        }

        return comers;
    }
}
