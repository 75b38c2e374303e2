using System.Net;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class NameDeskTests : IDisposable
{
    private static readonly IPAddress _one = IPAddress.Parse("192.0.2.1");
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(30);

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void Forty_dead_lookups_cost_a_mail_its_patience_and_no_more()
    {
        var desk = DeskOf(_ =>
        {
            Thread.Sleep(Timeout.Infinite);
            return Finding.TimedOut;
        });
        var addresses = Enumerable.Range(1, 40).Select(i => IPAddress.Parse($"192.0.2.{i}")).ToList();

        var names = desk.Find(addresses, TimeSpan.FromMilliseconds(100), () => false);

        Assert.Equal(40, names.Count);
        Assert.All(names.Values, finding => Assert.Equal("lookup timed out", finding.Words));
    }

    [Fact]
    public void An_address_is_asked_once_and_then_remembered_over_a_restart()
    {
        var asked = 0;
        var desk = DeskOf(_ =>
        {
            Interlocked.Increment(ref asked);
            return new Finding(FindingState.Confirmed, "a.example");
        });
        Assert.Equal("a.example", desk.Find([_one], _long, () => false)[_one].Name);

        _workshop.Restart();
        Assert.Equal("a.example", DeskOf(_ => new Finding(FindingState.Confirmed, "again.example")).Find([_one], _long, () => false)[_one].Name);
        Assert.Equal(1, asked);
    }

    [Fact]
    public void A_name_is_asked_again_when_it_is_an_hour_old()
    {
        _workshop.Store.Keep(_one, new Finding(FindingState.Confirmed, "old.example"));
        _workshop.Clock.Pass(TimeSpan.FromMinutes(61));

        var desk = DeskOf(_ => new Finding(FindingState.Confirmed, "new.example"));
        Assert.Equal("new.example", desk.Find([_one], _long, () => false)[_one].Name);
    }

    [Fact]
    public void A_dead_resolver_is_left_alone_for_a_minute()
    {
        var asked = 0;
        var resolvers = new Resolvers(
            _ =>
            {
                Interlocked.Increment(ref asked);
                return Finding.TimedOut;
            },
            _workshop.Clock);
        for (var i = 1; i <= 3; i++)
        {
            AskAndWait(resolvers, IPAddress.Parse($"192.0.2.{i}"));
        }

        AskAndWait(resolvers, IPAddress.Parse("192.0.2.4"));
        Assert.Equal(3, asked);
        _workshop.Clock.Pass(TimeSpan.FromSeconds(61));
        AskAndWait(resolvers, IPAddress.Parse("192.0.2.5"));
        Assert.Equal(4, asked);
    }

    [Fact]
    public void Nobody_is_asked_when_lookups_are_off() =>
        Assert.Equal("", new NameDesk(_workshop.Store, null).Find([_one], _long, () => false)[_one].Words);

    private NameDesk DeskOf(Func<IPAddress, Finding> find) => new(_workshop.Store, new Resolvers(find, _workshop.Clock));

    private static void AskAndWait(Resolvers resolvers, IPAddress address)
    {
        resolvers.Ask(address);
        Assert.True(SpinWait.SpinUntil(() => !resolvers.IsOpen(address), TimeSpan.FromSeconds(30)));
    }
}
