using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;

namespace SuperServer.Tests.Admitting;

public sealed class GateTests
{
    private readonly Gate _gate = new(new HouseRules());

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void Exactly_as_many_are_let_in_as_the_limit_says(int living, bool isLetIn) =>
        Assert.Equal(isLetIn, Consider(new ServiceLimits { MaxConnections = new Limit(3, null) }, living) is null);

    [Fact]
    public void A_refusal_names_the_limit_its_value_and_where_it_was_set()
    {
        Assert.Equal("limit=max_connections max=3 set-at=superserver.toml:14",
            Consider(new ServiceLimits { MaxConnections = new Limit(3, "superserver.toml:14") }, 3)?.ToString());
        Assert.Equal("limit=max_connections max=3 set-at=default",
            Consider(new ServiceLimits { MaxConnections = new Limit(3, null) }, 3)?.ToString());
    }

    private Refusal? Consider(ServiceLimits limits, int living)
    {
        var crowd = new Crowd();
        for (var guest = 0; guest < living; guest++)
        {
            crowd.Enter(new Source((UInt128)guest, Source.Kind.V4, 32));
        }

        return _gate.Consider(Some.Service with { Limits = limits }, crowd, new Pace(), default(Peer), default);
    }
}
