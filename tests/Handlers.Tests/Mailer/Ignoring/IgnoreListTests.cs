using System.Net;
using SuperServer.Handlers.Mailer;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Mailer.Ignoring;

public sealed class IgnoreListTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<string> _said = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("192.0.2.10", "192.0.2.10", true)]
    [InlineData("192.0.2.10", "192.0.2.11", false)]
    [InlineData("192.0.2.10", "::ffff:192.0.2.10", true)]
    [InlineData("::ffff:192.0.2.10", "192.0.2.10", true)]
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.77", true)]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("2001:db8:1::/48", "2001:db8:1:ffff::1", true)]
    [InlineData("2001:db8:1::/48", "2001:db8:2::1", false)]
    [InlineData("fe80::1", "fe80::1%3", true)]
    [InlineData("::/0", "192.0.2.10", false)]
    [InlineData("0.0.0.0/0", "192.0.2.10", true)]
    public void An_entry_means_its_network_and_nothing_else(string entry, string visitor, bool expected) =>
        Assert.Equal(expected, ListOf(entry).EntryFor(IPAddress.Parse(visitor)) is not null);

    [Theory]
    [InlineData("10.1.2.3/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("two words")]
    [InlineData("-x.example")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("")]
    public void What_is_not_clear_is_no_entry(string text) => Assert.Null(IgnoreEntry.Parse(text, out _));

    [Fact]
    public void Nobody_is_ignored_who_was_not_named() => Assert.Null(ListOf().EntryFor(IPAddress.Loopback));

    [Fact]
    public void A_file_that_has_changed_is_read_again()
    {
        var list = WithFile("192.0.2.10 # the scanner\n\n# nothing\n");
        Assert.True(Ignores(list, "192.0.2.10"));

        File.WriteAllText(_folder.In("ignore"), "198.51.100.0/24\n");
        list.Refresh();
        Assert.True(Ignores(list, "198.51.100.9"));
        Assert.False(Ignores(list, "192.0.2.10"));
    }

    [Fact]
    public void A_bad_line_is_said_once_with_its_place_and_the_old_list_stays()
    {
        var list = WithFile("192.0.2.10\n");
        File.WriteAllText(_folder.In("ignore"), "198.51.100.0/24\n10.1.2.3/8\n");
        list.Refresh();
        list.Refresh();

        Assert.True(Ignores(list, "192.0.2.10"));
        Assert.False(Ignores(list, "198.51.100.9"));
        Assert.Contains("ignore:2: \"10.1.2.3/8\"", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_gone_leaves_the_old_list()
    {
        var list = WithFile("192.0.2.10\n");
        File.Delete(_folder.In("ignore"));
        list.Refresh();

        Assert.True(Ignores(list, "192.0.2.10"));
        Assert.Single(_said);
    }

    [Fact]
    public void A_host_is_asked_for_forward_at_the_start_and_every_hour_and_keeps_its_addresses_when_there_is_no_answer()
    {
        IReadOnlyList<IPAddress> answer = [IPAddress.Parse("::ffff:192.0.2.10")];
        var asked = 0;
        var list = new IgnoreList(
            Options("monitor.example.org"),
            new HostBook(
                new Resolvers(_ => Finding.TimedOut, _clock),
                _ =>
                {
                    Interlocked.Increment(ref asked);
                    return answer;
                },
                _clock),
            _said.Add);
        list.Refresh();
        Assert.True(SpinWait.SpinUntil(() => Ignores(list, "192.0.2.10"), TimeSpan.FromSeconds(30)));

        answer = [];
        list.Refresh();
        Assert.Equal(1, asked);
        _clock.Pass(TimeSpan.FromMinutes(61));
        list.Refresh();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref asked) == 2, TimeSpan.FromSeconds(30)));
        Assert.True(Ignores(list, "192.0.2.10"));
    }

    [Theory]
    [InlineData("10.1.2.3", StreamClass.Inside)]
    [InlineData("127.0.0.1", StreamClass.Inside)]
    [InlineData("fd00::1", StreamClass.Inside)]
    [InlineData("fe80::1%2", StreamClass.Inside)]
    [InlineData("::ffff:10.1.2.3", StreamClass.Inside)]
    [InlineData("198.51.100.9", StreamClass.Inside)]
    [InlineData("192.0.2.200", StreamClass.Inside)]
    [InlineData("203.0.113.7", StreamClass.Outside)]
    [InlineData("2001:db8::1", StreamClass.Outside)]
    public void Inside_is_what_is_private_or_a_network_of_ours_or_called_so(string visitor, object expected)
    {
        var home = new HomeNetworks([IPNetwork.Parse("192.0.2.0/24")], () => [IPNetwork.Parse("198.51.100.0/24")], _clock);
        home.Refresh();

        Assert.Equal(expected, home.ClassOf(IPAddress.Parse(visitor)));
    }

    [Fact]
    public void An_address_that_nobody_knows_is_outside() =>
        Assert.Equal(StreamClass.Outside, new HomeNetworks([], HomeNetworks.OfInterfaces, _clock).ClassOf(address: null));

    [Fact]
    public void The_networks_of_this_host_are_found() =>
        Assert.Contains(HomeNetworks.OfInterfaces(), network => network.Contains(IPAddress.Loopback));

    private static bool Ignores(IgnoreList list, string visitor) => list.EntryFor(IPAddress.Parse(visitor)) is not null;

    private IgnoreList ListOf(params string[] entries) => new(Options(entries), NoHosts(), _said.Add);

    private IgnoreList WithFile(string text)
    {
        File.WriteAllText(_folder.In("ignore"), text);
        var list = new IgnoreList(Options() with { IgnoreFile = _folder.In("ignore") }, NoHosts(), _said.Add);
        list.Refresh();
        return list;
    }

    private HostBook NoHosts() => new(new Resolvers(_ => Finding.TimedOut, _clock), _ => [], _clock);

    private static MailerOptions Options(params string[] ignore) =>
        OptionsReader.Read("""{"to":["a@example.org"],"transport":[{"kind":"maildir","path":"/nowhere"}]}""", "web1") with { Ignore = ignore };
}
