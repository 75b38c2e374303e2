using CsCheck;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class CoalescingTests
{
    private static readonly Pace _usual = new(
        TimeSpan.FromSeconds(5),
        [.. new[] { 5, 15, 30, 60, 120, 240, 480, 1440 }.Select(minutes => TimeSpan.FromMinutes(minutes))],
        TimeSpan.FromHours(24));

    [Fact]
    public void The_first_mail_comes_when_the_first_touch_has_settled()
    {
        var state = new Coalescing(_usual).Touched(StreamState.AtRest, TimeSpan.Zero);

        Assert.False(Coalescing.IsDue(state, TimeSpan.FromSeconds(4.9)));
        Assert.True(Coalescing.IsDue(state, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void More_touches_do_not_put_the_first_mail_off()
    {
        var coalescing = new Coalescing(_usual);
        var state = coalescing.Touched(StreamState.AtRest, TimeSpan.Zero);
        state = coalescing.Touched(state, TimeSpan.FromSeconds(4));

        Assert.True(Coalescing.IsDue(state, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Noise_without_end_makes_eight_mails_on_the_first_day_and_one_on_each_later_one()
    {
        var mails = MailsOf(_usual, touches: Every(TimeSpan.FromSeconds(30), TimeSpan.FromDays(3)));

        string[] expected = ["00:00:05", "00:05:05", "00:20:05", "00:50:05", "01:50:05", "03:50:05", "07:50:05", "15:50:05"];
        Assert.Equal(expected, mails.Where(at => at < TimeSpan.FromDays(1)).Select(at => at.ToString()));
        Assert.Equal(
            ["1.15:50:05", "2.15:50:05", "3.15:50:05"], mails.Where(at => at > TimeSpan.FromDays(1)).Select(at => at.ToString()));
    }

    [Fact]
    public void A_touch_after_the_calm_is_a_first_one_again()
    {
        TimeSpan[] touches = [TimeSpan.Zero, TimeSpan.FromHours(25)];

        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromHours(25) + TimeSpan.FromSeconds(5)], MailsOf(_usual, touches));
    }

    [Fact]
    public void A_touch_before_the_calm_waits_for_its_gap()
    {
        TimeSpan[] touches = [TimeSpan.Zero, TimeSpan.FromHours(23)];

        Assert.InRange(MailsOf(_usual, touches)[1], TimeSpan.FromHours(23), TimeSpan.FromHours(23) + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Quiet_gaps_step_back_so_that_old_noise_does_not_delay_new_touches_for_long()
    {
        // Two hours of noise reach the gap of four hours; ten quiet hours later a touch waits for minutes only.
        TimeSpan[] touches = [.. Every(TimeSpan.FromMinutes(1), TimeSpan.FromHours(2)), TimeSpan.FromHours(14)];

        Assert.InRange(MailsOf(_usual, touches)[^1], TimeSpan.FromHours(14), TimeSpan.FromHours(14) + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Every_touch_is_in_exactly_one_mail_soon_enough_wherever_restarts_come()
    {
        var times = Gen.Int[0, 200_000].Select(seconds => TimeSpan.FromSeconds(seconds)).Array[1, 60];
        Gen.Select(times, times).Sample((touches, restarts) =>
        {
            var told = new List<int>();
            foreach (var mail in Simulate(_usual, [.. touches.Order()], [.. restarts.Order()]))
            {
                Assert.Equal(told.Count, mail.First);
                Assert.True(mail.Last >= mail.First, "no mail is empty");
                told.AddRange(Enumerable.Range(mail.First, mail.Last - mail.First + 1));
            }

            Assert.Equal(Enumerable.Range(0, touches.Length), told);
        });
    }

    [Fact]
    public void A_restart_sends_no_mail_that_would_not_have_been_sent_without_it()
    {
        var times = Gen.Int[0, 200_000].Select(seconds => TimeSpan.FromSeconds(seconds)).Array[1, 60];
        Gen.Select(times, times).Sample((touches, restarts) =>
        {
            TimeSpan[] sorted = [.. touches.Order()];
            Assert.Equal(Simulate(_usual, sorted, []), Simulate(_usual, sorted, [.. restarts.Order()]));
        });
    }

    private static List<TimeSpan> MailsOf(Pace pace, TimeSpan[] touches) => [.. Simulate(pace, touches, []).Select(mail => mail.At)];

    private static TimeSpan[] Every(TimeSpan pause, TimeSpan until) =>
        [.. Enumerable.Range(0, (int)(until / pause)).Select(i => i * pause)];

    /// <summary>What the composer does with the state, second by second where something happens, without a store.</summary>
    private static List<(TimeSpan At, int First, int Last)> Simulate(Pace pace, TimeSpan[] touches, TimeSpan[] restarts)
    {
        var clock = new ManualClock();
        var coalescing = new Coalescing(pace);
        var timeline = new Timeline(clock);
        var state = StreamState.AtRest;
        var mails = new List<(TimeSpan, int, int)>();
        var (arrived, told, restarted) = (0, 0, 0);
        TimeSpan Now() => clock.GetUtcNow() - ManualClock.Start;
        while (told < touches.Length)
        {
            if (arrived == told)
            {
                state = coalescing.Rested(state, timeline.Now);
            }

            if (arrived > told && Coalescing.IsDue(state, timeline.Now))
            {
                mails.Add((Now(), told, arrived - 1));
                told = arrived;
                state = coalescing.Mailed(state, timeline.Now);
                continue;
            }

            while (restarted < restarts.Length && restarts[restarted] <= Now())
            {
                restarted++;
                var saved = timeline.Save(state);
                timeline = new Timeline(clock);
                state = timeline.Restore(saved, pace);
            }

            if (arrived < touches.Length && touches[arrived] <= Now())
            {
                arrived++;
                state = coalescing.Touched(state, timeline.Now);
                continue;
            }

            clock.Pass(NextMoment() - Now());
        }

        return mails;

        TimeSpan NextMoment()
        {
            var candidates = new List<TimeSpan>();
            if (arrived > told)
            {
                candidates.Add(Now() + (state.Due - timeline.Now));
            }

            if (arrived < touches.Length)
            {
                candidates.Add(touches[arrived]);
            }

            if (restarted < restarts.Length)
            {
                candidates.Add(restarts[restarted]);
            }

            return candidates.Min();
        }
    }
}
