using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>tcpmux and the services behind it; what is wrong with them stands in Broken/tcpmux.toml and Broken/tcpmux-alone.toml.</summary>
public sealed class TcpmuxTests
{
    private const string Text = """
        [service.one]
        listen = ["tcp:7000", "tcpmux:+One"]
        exec = ["/bin/cat"]
        [service.mux]
        listen = "tcp:7001"
        handler = "tcpmux"
        [service.two]
        listen = "tcpmux:two"
        exec = ["/bin/cat"]
        mode = "pool"
        [service.asleep]
        listen = "tcpmux:three"
        exec = ["/bin/cat"]
        enabled = false
        """;

    [Fact]
    public void It_offers_all_services_that_are_awake_in_lower_case_whatever_stands_first()
    {
        var services = SomeMachine.Root.Read(Text).Services;

        Assert.Equal([null, "+one two", null], services.Select(service => service.Tcpmux is { } tcpmux ? string.Join(' ', tcpmux.Menu) : null));
        Assert.Equal("""{"names":["+one","two"]}""", services[1].Tcpmux!.Options);
        Assert.Equal(TimeSpan.FromSeconds(30), services[1].Tcpmux!.Timeout);
    }

    [Fact]
    public void A_name_is_no_socket_and_one_with_a_plus_is_the_same_name()
    {
        var one = SomeMachine.Root.Read(Text).Services[0];

        Assert.Equal(["tcp:0.0.0.0:7000", "tcp:[::]:7000"], one.Openings.Select(endpoint => endpoint.ToString()));
        Assert.True(one.IsAskedForAs("one"));
        Assert.False(one.IsAskedForAs("two"));
        Assert.Equal("tcpmux:+one", one.Listen[^1].ToString());
        Assert.Equal(new TcpmuxName("one", IsAnnounced: true), one.Listen[^1].Tcpmux);
    }

    [Fact]
    public void The_time_that_a_client_has_is_an_option() =>
        Assert.Equal(TimeSpan.FromSeconds(5), SomeMachine.Root.Read(
            Text.Replace("handler = \"tcpmux\"", "handler = \"tcpmux\"\noptions.timeout = \"5s\"", StringComparison.Ordinal)).Services[1].Tcpmux!.Timeout);

    [Fact]
    public void Another_name_is_news_for_tcpmux_and_for_its_service()
    {
        var changes = ConfigurationChanges.Between(
            SomeMachine.Root.Read(Text), SomeMachine.Root.Read(Text.Replace("tcpmux:two", "tcpmux:zwei", StringComparison.Ordinal)));

        Assert.Equal(["mux"], changes.Amended.Select(service => service.Name));
        Assert.Equal(["two"], changes.Rebound.Select(service => service.Name));
    }

    [Theory]
    [InlineData(0, "nowait")]
    [InlineData(1, "tcpmux")]
    [InlineData(2, "pool")]
    public void The_way_of_a_connection_is_told_in_a_word(int service, string way) => Assert.Equal(way, SomeMachine.Root.Read(Text).Services[service].Way);
}
