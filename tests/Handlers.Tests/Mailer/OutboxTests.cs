using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>A mail from its composing to the last word about it.</summary>
public sealed class OutboxTests : IDisposable
{
    private static readonly SavedStream _anyStream = new(Phase.Holding, 0, ManualClock.Start, ManualClock.Start, ManualClock.Start);
    private static readonly Station _smtp = new("smtp", Always: false);
    private static readonly Station _local = new("local", Always: false);
    private static readonly Station _hook = new("hook", Always: true);

    private readonly Workshop _workshop = new();

    private Store Store => _workshop.Store;

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void An_attempt_that_reached_nobody_keeps_the_mail_for_later_with_the_same_identity()
    {
        Compose();
        var first = Rounds(_smtp).Attempt(_ => Later())!;
        Assert.Empty(Store.DueMails());

        _workshop.Clock.Pass(TimeSpan.FromSeconds(30));
        _workshop.Restart();
        var second = Rounds(_smtp).Attempt(Taken)!;

        Assert.Equal(first.Mail.MessageId, second.Mail.MessageId);
        Assert.Equal(first.Recipients, second.Recipients);
        Assert.Equal(0, Store.Waiting);
    }

    [Fact]
    public void Only_those_who_do_not_have_it_are_tried_again()
    {
        Compose();
        Rounds(_smtp).Attempt(_ => Later() with { Accepted = ["a@example.org"] });
        _workshop.Clock.Pass(TimeSpan.FromSeconds(30));

        Assert.Equal(["b@example.org"], Rounds(_smtp).Attempt(Taken)!.Recipients);
    }

    [Fact]
    public void One_who_is_refused_for_good_is_given_up_when_another_has_the_mail_and_the_next_mail_says_so()
    {
        Compose();
        Rounds(_smtp).Attempt(_ => new Attempt { Accepted = ["a@example.org"], Refused = Refusing("b@example.org") });

        Assert.Equal(0, Store.Waiting);
        Assert.Contains("b@example.org did not get the mail", Assert.Single(Store.Pending().Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mail_that_everybody_is_refused_is_lost_and_the_next_mail_tells_it_once()
    {
        Compose();
        Rounds(_smtp).Attempt(_ => new Attempt { Refused = Refusing("a@example.org", "b@example.org") });

        Assert.Equal(0, Store.Waiting);
        Assert.Equal((1, 1), (Assert.Single(Store.PendingLostMails()).First, Store.PendingLostMails()[0].Last));
        Assert.True(Store.Identity() is { Holds: true, Lost: 1 });
        Compose();
        Assert.Empty(Store.PendingLostMails());
    }

    [Theory]
    [InlineData("Transient", false)]
    [InlineData("Configuration", true)]
    [InlineData("Permanent", true)]
    public void The_next_transport_comes_at_once_when_the_one_before_cannot_and_later_when_it_may(string kind, bool atOnce)
    {
        Compose();
        var rounds = Rounds(_smtp, _local);
        rounds.Attempt(_ => Attempt.Failed(Enum.Parse<FailureClass>(kind), "why"));

        Assert.Equal(atOnce, rounds.Attempt(Taken)?.Station == _local);
    }

    [Fact]
    public void The_next_transport_comes_after_three_attempts_or_a_quarter_of_an_hour()
    {
        Compose();
        var rounds = Rounds(_smtp, _local);
        var asked = new List<string>();
        for (var i = 0; i < 12 && Store.Waiting > 0; i++)
        {
            if (rounds.Attempt(errand => errand.Station == _smtp ? Later() : Taken(errand)) is { } errand)
            {
                asked.Add(errand.Station.Name);
            }

            _workshop.Clock.Pass(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(["smtp", "smtp", "smtp", "local"], asked);
    }

    [Fact]
    public void A_transport_that_gets_every_mail_besides_is_no_fallback_and_keeps_no_mail_from_being_written()
    {
        Compose();
        var rounds = Rounds(_smtp, _hook);
        Assert.Equal(_smtp, rounds.Attempt(Taken)!.Station);
        Assert.Equal(_hook, rounds.Attempt(_ => Later())!.Station);

        Assert.Equal((1, 0), (Store.Waiting, Store.Undelivered));
        Assert.Null(Store.PendingOutage());
        _workshop.Clock.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(_hook, rounds.Attempt(Taken)!.Station);
        Assert.Equal(0, Store.Waiting);
    }

    [Fact]
    public void After_five_days_a_mail_is_given_up()
    {
        Compose();
        var rounds = Rounds(_smtp);
        for (var hour = 0; hour < 5 * 24 && Store.Waiting > 0; hour++)
        {
            rounds.Attempt(_ => Later());
            _workshop.Clock.Pass(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, Store.Waiting);
        _workshop.Clock.Pass(TimeSpan.FromHours(1));
        rounds.Attempt(_ => Later());
        Assert.Equal(0, Store.Waiting);
        Assert.Single(Store.PendingLostMails());
    }

    [Fact]
    public void An_outage_is_told_once_when_it_is_over_with_what_was_held_back()
    {
        Compose();
        var rounds = Rounds(_smtp);
        for (var minute = 0; minute < 20; minute++)
        {
            rounds.Attempt(_ => Attempt.Failed(FailureClass.Transient, "535 no"));
            _workshop.Clock.Pass(TimeSpan.FromMinutes(1));
        }

        Assert.Null(Store.PendingOutage());
        _workshop.Clock.Pass(TimeSpan.FromMinutes(30));
        rounds.Attempt(Taken);

        var outage = Store.PendingOutage()!;
        Assert.Equal(("535 no", 1, 1), (outage.Words, outage.Mails, outage.Connections));
        Assert.Equal(TimeSpan.FromMinutes(50), outage.To - outage.From);
        Compose();
        Assert.Null(Store.PendingOutage());
    }

    [Fact]
    public void A_server_that_was_busy_once_is_no_outage()
    {
        Compose();
        var rounds = Rounds(_smtp);
        rounds.Attempt(_ => Later());
        _workshop.Clock.Pass(TimeSpan.FromSeconds(30));
        rounds.Attempt(Taken);

        Assert.Null(Store.PendingOutage());
    }

    [Fact]
    public void What_was_misconfigured_is_tried_at_once_after_a_restart_and_the_rest_is_not()
    {
        Compose();
        Rounds(_smtp).Attempt(_ => Attempt.Failed(FailureClass.Configuration, "why"));
        Assert.Empty(Store.DueMails());
        Store.RetryMisconfigured();
        Assert.NotNull(Rounds(_smtp).Attempt(_ => Later()));

        Store.RetryMisconfigured();
        Assert.Null(Rounds(_smtp).Attempt(_ => Later()));
    }

    [Fact]
    public void A_wall_clock_that_was_set_back_does_not_hold_mail_back()
    {
        Compose();
        Rounds(_smtp).Attempt(_ => Later());
        _workshop.Clock.SetWall(ManualClock.Start - TimeSpan.FromDays(400));

        Assert.True(Store.DueNow);
        Assert.NotNull(Rounds(_smtp).Attempt(Taken));
    }

    private OutboxRounds Rounds(params Station[] stations) => new(Store, _workshop.Clock, stations);

    private void Compose()
    {
        Store.TakeIn(new Batch([Workshop.SomeTouch()], 0, new SegmentCursor(Workshop.LaneName, 1, 1)));
        var summary = Store.Pending() with { LostMails = Store.PendingLostMails(), Outage = Store.PendingOutage() };
        Store.Compose(
            new Letter
            {
                MessageId = Workshop.NewId(),
                Subject = "something",
                Kind = MailKind.First,
                Summary = summary,
                Recipients = ["a@example.org", "b@example.org"],
                Bytes = [1, 2, 3],
            },
            _anyStream);
    }

    private static Attempt Later() => Attempt.Failed(FailureClass.Transient, "later");

    private static Attempt Taken(Errand errand) => new() { Accepted = errand.Recipients };

    private static Dictionary<string, string> Refusing(params string[] recipients) => recipients.ToDictionary(to => to, _ => "550 no such user");
}
