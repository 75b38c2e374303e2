using System.Net;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>Who may come in, as a service says it in the file.</summary>
public sealed class AccessRulesTests
{
    [Theory]
    [InlineData("", "192.0.2.7", null)]
    [InlineData("allow = []", "127.0.0.1", "limit=allow rule=none set-at=superserver.toml:3")]
    [InlineData("allow = \"10.0.0.0/8\"", "10.1.2.3", null)]
    [InlineData("allow = \"10.0.0.0/8\"", "::ffff:10.1.2.3", null)]
    [InlineData("allow = \"10.0.0.0/8\"", "11.1.2.3", "limit=allow rule=none set-at=superserver.toml:3")]
    [InlineData("allow = [\"0.0.0.0/0\"]", "::1", "limit=allow rule=none set-at=superserver.toml:3")]
    [InlineData("deny = [\"192.0.2.0/24\",\n\"10.0.0.0/8\"]", "10.1.2.3", "limit=deny rule=10.0.0.0/8 set-at=superserver.toml:4")]
    [InlineData("deny = [\"10.0.0.0/8\"]", "11.1.2.3", null)]
    [InlineData("deny = [\"0.0.0.0/0\"]", "11.1.2.3", "limit=deny rule=0.0.0.0/0 set-at=superserver.toml:3")]
    [InlineData("allow = [\"10.1.0.0/16\"]\ndeny = [\"10.0.0.0/8\"]", "10.1.2.3", null)]
    [InlineData("allow = [\"10.0.0.0/8\"]\ndeny = [\"10.1.0.0/16\"]", "10.1.2.3", "limit=deny rule=10.1.0.0/16 set-at=superserver.toml:4")]
    [InlineData("allow = [\"10.0.0.0/8\"]\ndeny = [\"10.1.0.0/16\"]", "10.2.2.3", null)]
    [InlineData("allow = [\"10.0.0.0/8\"]\ndeny = [\"10.0.0.0/8\"]", "10.2.2.3", "limit=deny rule=10.0.0.0/8 set-at=superserver.toml:4")]
    [InlineData("allow = [\"::/0\"]\ndeny = [\"2001:db8::/32\"]", "2001:db8::1", "limit=deny rule=2001:db8::/32 set-at=superserver.toml:4")]
    public void The_better_match_counts_and_a_tie_refuses(string keys, string address, string? refusal) =>
        Assert.Equal(refusal, Said(Read(keys).Judge(Address(address), NameAnswer.NotAsked)));

    [Theory]
    [InlineData("allow = \"uid:1000\"", 1000, 1000, null)]
    [InlineData("allow = \"user:git\"", 200, 201, null)]
    [InlineData("allow = \"group:adm\"", 200, 4, null)]
    [InlineData("allow = \"gid:100\"", 200, 201, "limit=allow rule=none set-at=superserver.toml:3")]
    [InlineData("allow = \"10.0.0.0/8\"", 0, 0, "limit=allow rule=none set-at=superserver.toml:3")]
    [InlineData("deny = \"user:git\"", 200, 201, "limit=deny rule=user:git set-at=superserver.toml:3")]
    [InlineData("deny = \"user:git\"", 201, 200, null)]
    [InlineData("allow = \"user:git\"\ndeny = \"group:git\"", 200, 201, null)]
    [InlineData("allow = \"group:git\"\ndeny = \"user:git\"", 200, 201, "limit=deny rule=user:git set-at=superserver.toml:4")]
    [InlineData("deny = \"0.0.0.0/0\"", 200, 201, null)]
    public void At_a_Unix_socket_users_and_groups_count(string keys, uint uid, uint gid, string? refusal) =>
        Assert.Equal(refusal, Said(Read(keys).Judge(uid, gid)));

    [Theory]
    [InlineData("allow = \"host.example.org\"", "192.0.2.7", true)]
    [InlineData("deny = \".example.org\"", "192.0.2.7", true)]
    [InlineData("allow = [\"192.0.2.0/24\", \"host.example.org\"]", "192.0.2.7", false)]                         // in, whatever the name
    [InlineData("allow = [\"192.0.2.0/24\", \"host.example.org\"]", "198.51.100.1", true)]
    [InlineData("allow = \"0.0.0.0/0\"\ndeny = \".example.org\"", "192.0.2.7", false)]                           // a domain is worth less
    [InlineData("allow = \"0.0.0.0/0\"\ndeny = \"host.example.org\"", "192.0.2.7", true)]                        // a host is worth more
    [InlineData("allow = \"192.0.2.7\"\ndeny = \"host.example.org\"", "192.0.2.7", true)]                        // a tie refuses
    [InlineData("allow = \"host.example.org\"\ndeny = \"192.0.2.0/24\"", "192.0.2.7", true)]
    [InlineData("allow = \"host.example.org\"\ndeny = \"192.0.2.7\"", "192.0.2.7", false)]                       // a tie cannot rescue
    [InlineData("allow = \".example.org\"\ndeny = \"0.0.0.0/0\"", "192.0.2.7", false)]
    public void The_name_is_asked_for_only_if_it_could_change_the_outcome(string keys, string address, bool isNeeded) =>
        Assert.Equal(isNeeded, Read(keys).Judge(Address(address), NameAnswer.NotAsked).Outcome == AccessOutcome.NameNeeded);

    [Theory]
    [InlineData("allow = \"host.example.org\"", new[] { "host.example.org" }, null)]
    [InlineData("allow = \"host.example.org\"", new string[0], "limit=allow rule=none set-at=superserver.toml:3")]
    [InlineData("deny = \".example.org\"", new[] { ".example.org" }, "limit=deny rule=.example.org set-at=superserver.toml:3")]
    [InlineData("deny = \".example.org\"", new string[0], null)]
    [InlineData("allow = \"www.example.org\"\ndeny = \".example.org\"", new[] { "www.example.org", ".example.org" }, null)]
    [InlineData("allow = \".example.org\"\ndeny = \"www.example.org\"", new[] { "www.example.org", ".example.org" }, "limit=deny rule=www.example.org set-at=superserver.toml:4")]
    [InlineData("allow = \".a.example.org\"\ndeny = \".example.org\"", new[] { ".a.example.org", ".example.org" }, null)]
    [InlineData("allow = \".example.org\"\ndeny = \".a.example.org\"", new[] { ".a.example.org", ".example.org" }, "limit=deny rule=.a.example.org set-at=superserver.toml:4")]
    [InlineData("allow = \".example.org\"\ndeny = \".example.org\"", new[] { ".example.org" }, "limit=deny rule=.example.org set-at=superserver.toml:4")]
    [InlineData("allow = \"www.example.org\"\ndeny = \"192.0.2.0/24\"", new[] { "www.example.org" }, null)]
    [InlineData("allow = \"www.example.org\"\ndeny = \"192.0.2.0/24\"", new string[0], "limit=deny rule=192.0.2.0/24 set-at=superserver.toml:4")]
    public void A_confirmed_host_is_worth_an_address_and_a_domain_less_than_any_network(string keys, string[] names, string? refusal)
    {
        var rules = Read(keys);
        var answer = new NameAnswer([.. rules.Names.Index().Where(name => names.Contains(name.Item)).Select(name => name.Index)]);

        Assert.Equal(refusal, Said(rules.Judge(Address("192.0.2.7"), answer)));
    }

    [Fact]
    public void A_set_counts_with_each_of_its_networks_and_a_change_counts_at_once()
    {
        var rules = SomeMachine.Root.WithSet("office.networks", "10.0.0.0/8\n")
            .ReadService("sets.office = \"office.networks\"\n[service.telnet]\nexec = [\"/bin/cat\"]\nallow = \"10.0.0.0/16\"\ndeny = \"@office\"").Access;
        Assert.Null(Said(rules.Judge(Address("10.0.0.1"), NameAnswer.NotAsked)));
        Assert.Equal("limit=deny rule=@office:10.0.0.0/8 set-at=superserver.toml:5", Said(rules.Judge(Address("10.1.0.1"), NameAnswer.NotAsked)));

        var set = Assert.IsType<AccessRule.OfSet>(Assert.Single(rules.Deny.Rules)).Set;
        set.Replace(new SetContent(AddressSet.Of(NetworkText.Parse("10.0.0.0/24").Value), []));

        Assert.Equal("limit=deny rule=@office:10.0.0.0/24 set-at=superserver.toml:5", Said(rules.Judge(Address("10.0.0.1"), NameAnswer.NotAsked)));
    }

    [Fact]
    public void Whoever_is_let_in_by_networks_costs_no_memory()
    {
        var rules = Read("allow = [\"10.0.0.0/8\", \"2001:db8::/32\", \"host.example.org\"]\ndeny = [\"192.0.2.0/24\", \".example.net\"]");
        var (v4, v6) = (Address("10.1.2.3"), Address("2001:db8::1"));
        Assert.Equal(AccessOutcome.LetIn, rules.Judge(v4, NameAnswer.NotAsked).Outcome);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var turn = 0; turn < 1_000; turn++)
        {
            _ = rules.Judge(v4, NameAnswer.NotAsked);
            _ = rules.Judge(v6, NameAnswer.NotAsked);
            _ = rules.Judge(DateTime.MinValue);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Rules_that_moved_down_a_line_are_the_same_and_others_are_not()
    {
        var rules = Read("allow = [\"10.0.0.0/8\", \"user:git\", \".example.org\"]\naccess_times = \"08:00-18:00\"");

        Assert.Equal(rules, Read("\n\nallow = [\"10.0.0.0/8\", \"user:git\", \".example.org\"]\naccess_times = \"08:00-18:00\""));
        Assert.NotEqual(rules, Read("allow = [\"10.0.0.0/8\", \"user:git\", \".example.net\"]\naccess_times = \"08:00-18:00\""));
        Assert.NotEqual(rules, Read("allow = [\"10.0.0.0/8\", \"user:git\", \".example.org\"]\naccess_times = \"08:00-18:01\""));
        Assert.NotEqual(Read("allow = []"), Read(""));
        Assert.Equal(Read(""), AccessRules.Everybody);
    }

    [Fact]
    public void Rules_are_inherited_and_overridden_list_by_list()
    {
        var configuration = SomeMachine.Root.Read("""
            [defaults]
            allow = ["10.0.0.0/8"]
            deny = ["10.1.0.0/16"]

            [service.telnet]
            exec = ["/bin/cat"]

            [service.ssh]
            exec = ["/bin/cat"]
            deny = []
            """);

        Assert.Equal("limit=deny rule=10.1.0.0/16 set-at=superserver.toml:3",
            Said(configuration.Services[0].Access.Judge(Address("10.1.0.1"), NameAnswer.NotAsked)));
        Assert.Null(Said(configuration.Services[1].Access.Judge(Address("10.1.0.1"), NameAnswer.NotAsked)));
    }

    [Fact]
    public void A_user_who_is_missing_is_no_mistake_of_a_service_that_sleeps() =>
        Assert.Empty(SomeMachine.Root.Problems("[service.telnet]\nenabled = false\nexec = [\"/bin/cat\"]\nallow = \"user:later\""));

    [Fact]
    public void A_resolver_is_not_asked_for_more_names_than_a_message_holds()
    {
        var names = string.Join(", ", Enumerable.Range(0, 201).Select(number => $"\"h{number}.example.org\""));

        Assert.Equal(
            ["3:1: there are 201 names of hosts and domains, and 200 are the most: write their networks, or a domain for all of its hosts"],
            SomeMachine.Root.Problems($"[service.telnet]\nexec = [\"/bin/cat\"]\nallow = [{names}]"));
    }

    [Fact]
    public void Nobody_bars_this_machine_unless_the_file_says_so()
    {
        var house = SomeMachine.Root.Read("").House;
        Assert.True(house.NeverBar.Contains(Address("127.0.0.1")));
        Assert.True(house.NeverBar.Contains(Address("::1")));
        Assert.False(house.NeverBar.Contains(Address("10.0.0.1")));

        var other = SomeMachine.Root.WithSet("office.networks", "10.0.0.0/8\n")
            .Read("sets.office = \"office.networks\"\ndaemon.never_bar = [\"@office\", \"2001:db8::/32\"]").House;
        Assert.True(other.NeverBar.Contains(Address("10.0.0.1")));
        Assert.False(other.NeverBar.Contains(Address("127.0.0.1")));
    }

    private static AccessRules Read(string keys) =>
        SomeMachine.Root.ReadService($"[service.telnet]\nexec = [\"/bin/cat\"]\n{keys}").Access;

    private static InternetAddress Address(string text)
    {
        var address = IPAddress.Parse(text);
        return InternetAddress.FromV6(address.MapToIPv6().GetAddressBytes(), 0);
    }

    private static string? Said(AccessVerdict verdict) => verdict.Outcome switch
    {
        AccessOutcome.LetIn => null,
        AccessOutcome.NameNeeded => "name",
        _ => $"limit={verdict.Limit} {verdict.Value} set-at={verdict.SetAt}",
    };
}
