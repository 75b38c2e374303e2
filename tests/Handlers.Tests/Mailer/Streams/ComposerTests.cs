using System.Net;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Streams;

public sealed class ComposerTests
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    [Fact]
    public void Noise_from_outside_is_eight_mails_on_the_first_day_and_one_on_each_later_one_wherever_restarts_come()
    {
        using var house = new House();
        for (var minute = 0; minute < 4 * 24 * 60; minute += 7)
        {
            house.Touch();
            house.Pass(TimeSpan.FromMinutes(7));
            if (minute % 98 == 0)
            {
                house.Restart();
            }
        }

        Assert.Equal(8, house.Mails.Count(mail => mail.At < _day));
        for (var day = 1; day < 4; day++)
        {
            Assert.Equal(1, house.Mails.Count(mail => mail.At >= day * _day && mail.At < (day + 1) * _day));
        }
    }

    [Fact]
    public void A_mail_in_the_rhythm_of_inside_tells_what_waits_from_outside_too()
    {
        using var house = new House();
        house.Touch();
        house.Pass(TimeSpan.FromMinutes(1));
        house.Touch();
        house.Touch(House.Inside);
        house.Pass(TimeSpan.FromSeconds(3));

        Assert.Equal(new DueMail(StreamClass.Inside, MailKind.First), house.Mails[^1].Due);
        Assert.False(house.Store.HasPending);
        Assert.Equal([(1, 1), (2, 3)], house.Outbox().Select(mail => ((int)mail.First, (int)mail.Last)));
    }

    [Fact]
    public void A_new_host_from_inside_does_not_wait_for_the_gap_and_the_same_one_does()
    {
        using var house = new House();
        house.Touch(House.Inside);
        house.Pass(TimeSpan.FromSeconds(10));
        house.Touch(House.Inside);
        house.Pass(TimeSpan.FromSeconds(3));
        Assert.Single(house.Mails);

        house.Touch(IPAddress.Parse("10.9.9.9"));
        house.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(2, house.Mails.Count);
    }

    [Fact]
    public void A_host_from_inside_is_news_again_when_no_mail_told_of_it_for_the_calm()
    {
        using var house = new House();
        house.Touch(House.Inside);
        for (var hour = 0; hour < 25; hour++)
        {
            house.Touch(IPAddress.Parse("10.9.9.9"));
            house.Pass(TimeSpan.FromHours(1));
        }

        var before = house.Mails.Count;
        house.Touch(House.Inside);
        house.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(before + 1, house.Mails.Count);
    }

    [Fact]
    public void A_port_that_nobody_touched_for_a_week_does_not_wait_for_the_gap()
    {
        using var house = new House();
        house.Touch();
        house.Pass(TimeSpan.FromSeconds(10));
        house.Touch(port: 2323);
        house.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(2, house.Mails.Count);

        house.Touch(port: 2323);
        house.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(2, house.Mails.Count);
    }

    [Fact]
    public void A_surge_is_told_at_once_and_the_next_one_not_within_an_hour()
    {
        using var house = new House();
        house.Touch();
        house.Pass(TimeSpan.FromHours(3));
        house.Touch();
        house.Pass(TimeSpan.FromMinutes(30));
        house.Touch();
        house.Pass(TimeSpan.FromSeconds(1));
        house.Shed(700);
        house.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(MailKind.Surge, house.Mails[^1].Due.Kind);

        var mails = house.Mails.Count;
        house.Pass(TimeSpan.FromMinutes(12));
        house.Shed(70_000);
        house.Pass(TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(house.Mails.Skip(mails), mail => mail.Due.Kind == MailKind.Surge);
    }

    [Fact]
    public void The_mail_limit_holds_back_until_a_token_is_back_and_the_mail_says_since_when()
    {
        using var house = new House(""","gaps_s":[60],"mails_per_hour":2""");
        for (var i = 0; i < 7; i++)
        {
            house.Touch();
            house.Pass(TimeSpan.FromMinutes(10));
        }

        Assert.Equal(3, house.Mails.Count);
        Assert.Equal(TimeSpan.FromHours(1), house.Mails[2].At - house.Mails[0].At);
    }

    [Fact]
    public void A_restart_gives_no_tokens_back()
    {
        using var house = new House(""","gaps_s":[60],"mails_per_hour":2""");
        for (var i = 0; i < 5; i++)
        {
            house.Touch();
            house.Pass(TimeSpan.FromMinutes(10));
            house.Restart();
        }

        Assert.Equal(2, house.Mails.Count);
        Assert.NotNull(house.Store.StreamOf(StreamId.Outside)!.HeldSince);
    }

    [Fact]
    public void An_order_to_flush_is_obeyed_at_once_and_once()
    {
        using var house = new House();
        house.Touch();
        house.Pass(TimeSpan.FromMinutes(1));
        house.Touch();
        house.Execute("INSERT INTO counter VALUES ('flush', 1) ON CONFLICT (name) DO UPDATE SET value = 1");
        house.Pass(TimeSpan.FromSeconds(1));
        house.Touch();
        house.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(2, house.Mails.Count);
    }

    [Fact]
    public void A_quiet_week_is_said_although_nothing_happened()
    {
        using var house = new House();
        house.Pass(TimeSpan.FromDays(22));

        Assert.Equal(3, house.Mails.Count);
        Assert.All(house.Mails, mail => Assert.Equal(MailKind.Quiet, mail.Due.Kind));
        Assert.All(house.Outbox(), mail => Assert.Equal((1, 0, 0), (mail.First, mail.Last, mail.Connections)));
    }

    [Fact]
    public void A_mail_is_a_sign_of_life_as_well_and_restarts_do_not_put_the_next_one_off()
    {
        using var house = new House();
        house.Pass(TimeSpan.FromDays(6));
        house.Touch();
        for (var day = 0; day < 8; day++)
        {
            house.Restart();
            house.Pass(_day);
        }

        Assert.Equal([MailKind.First, MailKind.Quiet], house.Mails.Select(mail => mail.Due.Kind));
        Assert.InRange(house.Mails[1].At, TimeSpan.FromDays(13), TimeSpan.FromDays(13.01));
    }

    [Fact]
    public void Ignored_touches_are_told_as_a_number_with_the_next_mail_and_never_alone()
    {
        using var house = new House(""","summary":"never" """);
        house.Touch(House.Ignored, count: 3);
        house.Pass(TimeSpan.FromDays(3));
        Assert.Empty(house.Mails);

        house.Touch();
        house.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal([(1L, 4L, 1L, 0L)], house.Outbox());
        Assert.Equal(3, house.Store.Identity().Ignored);
    }

    [Fact]
    public void What_is_only_counted_makes_a_mail_of_its_own()
    {
        using var house = new House();
        house.Overflow(5);
        house.Overflow(12);
        Assert.Equal((12, "disk full"), house.Store.Pending().CountedOnly.Select(line => (line.Connections, line.Why)).Single());
        house.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal([(1L, 0L, 12L, 12L)], house.Outbox());
        Assert.Empty(house.Store.Pending().CountedOnly);
    }

    [Fact]
    public void An_overflow_counter_that_goes_backwards_or_jumps_beyond_belief_is_said()
    {
        using var house = new House();
        house.Overflow(100);
        house.Overflow(40);
        house.Overflow(long.MaxValue);

        Assert.Equal(100 + 40 + 10_000_000, house.Store.Identity().Coarse);
        Assert.Equal(2, house.Store.Pending().Notices.Count);
    }

    [Fact]
    public void A_shed_record_that_is_read_twice_counts_once()
    {
        using var house = new House();
        house.Shed(700, "a");
        house.Round();
        house.Restart();
        house.Shed(700, "a");
        house.Round();

        Assert.Equal((700, true), (house.Store.Identity().Coarse, house.Store.Identity().Holds));
    }
}
