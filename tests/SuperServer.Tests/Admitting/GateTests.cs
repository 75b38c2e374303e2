using SuperServer.Admitting;
using SuperServer.Configuration;

namespace SuperServer.Tests.Admitting;

public sealed class GateTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void Exactly_as_many_are_let_in_as_the_limit_says(int living, bool isLetIn) =>
        Assert.Equal(isLetIn, Gate.Consider(Some.Service with { MaxConnections = 3 }, living) is null);

    [Fact]
    public void A_full_service_lets_the_next_client_wait_instead_of_accepting_and_regretting() =>
        Assert.False(Gate.HasRoomFor(Some.Service with { MaxConnections = 3 }, living: 3));

    [Theory]
    [InlineData(Overflow.Close)]
    [InlineData(Overflow.Reset)]
    public void A_full_service_that_turns_clients_away_must_accept_them_first(object overflow) =>
        Assert.True(Gate.HasRoomFor(Some.Service with { MaxConnections = 3, Overflow = (Overflow)overflow }, living: 3));

    [Fact]
    public void A_refusal_names_the_limit_its_value_and_where_it_was_set()
    {
        var service = Some.Service with { MaxConnections = 3, MaxConnectionsSetAt = "superserver.toml:14:19" };

        Assert.Equal("limit=max_connections max=3 set-at=superserver.toml:14:19", Gate.Consider(service, 3)?.ToString());
        Assert.Equal("limit=max_connections max=3 set-at=default",
            Gate.Consider(service with { MaxConnectionsSetAt = null }, 3)?.ToString());
    }
}
