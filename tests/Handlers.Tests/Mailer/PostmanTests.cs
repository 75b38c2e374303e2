using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class PostmanTests
{
    private static readonly Parcel _parcel = new(1, "id@web1", [1])
    {
        Sender = "from@example.org",
        Recipients = ["a", "b", "c"],
        MadeAt = ManualClock.Start,
    };

    [Fact]
    public async Task A_transport_is_asked_only_for_those_whom_the_ones_before_did_not_serve()
    {
        var first = new Fake(parcel => new Attempt { Accepted = ["b"], Failure = new Failure(FailureClass.Transient, "later") });
        var second = new Fake(Attempt.AllAccepted);
        var third = new Fake(Attempt.AllAccepted);
        var delivery = await Deliver(first, second, third);

        Assert.Equal(["a", "c"], second.Asked!);
        Assert.Null(third.Asked);
        Assert.Equal(["b", "a", "c"], delivery.Accepted);
        Assert.Null(delivery.Class);
    }

    [Fact]
    public async Task Who_is_refused_by_one_and_served_by_another_is_not_refused()
    {
        var delivery = await Deliver(
            new Fake(_ => new Attempt { Accepted = ["a", "b"], Refused = new Dictionary<string, string> { ["c"] = "no" } }),
            new Fake(Attempt.AllAccepted));

        Assert.Empty(delivery.Refused);
        Assert.Equal(3, delivery.Accepted.Count);
    }

    [Fact]
    public async Task Who_is_refused_by_one_and_put_off_by_another_is_not_given_up()
    {
        var delivery = await Deliver(
            new Fake(_ => new Attempt { Refused = new Dictionary<string, string> { ["a"] = "no", ["b"] = "no", ["c"] = "no" } }),
            new Fake(_ => Attempt.Failed(FailureClass.Transient, "later")));

        Assert.Empty(delivery.Refused);
        Assert.Equal(FailureClass.Transient, delivery.Class);
    }

    [Theory]
    [InlineData("Transient", "Ambiguous", "Ambiguous")]
    [InlineData("Configuration", "Transient", "Transient")]
    [InlineData("Configuration", "Permanent", "Configuration")]
    [InlineData("Permanent", "Permanent", "Permanent")]
    public async Task The_kinds_of_failure_together_decide_how_long_the_mail_waits(string one, string two, string together)
    {
        var delivery = await Deliver(
            new Fake(_ => Attempt.Failed(Enum.Parse<FailureClass>(one), "first")),
            new Fake(_ => Attempt.Failed(Enum.Parse<FailureClass>(two), "second")));

        Assert.Equal((together, "first; second"), (delivery.Class.ToString(), delivery.Words));
    }

    private static Task<Delivery> Deliver(params Transport[] transports) =>
        new Postman(transports).Deliver(_parcel, TestContext.Current.CancellationToken);

    private sealed class Fake(Func<Parcel, Attempt> act) : Transport
    {
        public override string Name => "fake";

        public IReadOnlyList<string>? Asked { get; private set; }

        public override Task<Attempt> Deliver(Parcel parcel, CancellationToken stop)
        {
            Asked = parcel.Recipients;
            return Task.FromResult(act(parcel));
        }
    }
}
