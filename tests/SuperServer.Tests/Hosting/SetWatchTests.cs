using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Tests.Configuration;

namespace SuperServer.Tests.Hosting;

public sealed class SetWatchTests
{
    private readonly List<SetNews> _news = [];
    private HostFacts _host = SomeMachine.Root.WithSet("office.networks", "10.0.0.0/8");

    [Fact]
    public void What_has_not_changed_is_not_read() => Assert.Empty(News(looks: 3, change: host => host));

    [Fact]
    public void A_change_is_told_once_and_only_when_nobody_writes_any_more()
    {
        var (set, patrol) = Begin();
        for (var version = 2; version <= 5; version++)
        {
            Write("10.0.0.0/16\n10.1.0.0/16", version);
            patrol.Look([set], _news.Add);
        }

        Assert.Empty(_news);
        patrol.Look([set], _news.Add);
        patrol.Look([set], _news.Add);

        var news = Assert.Single(_news);
        Assert.Same(set, news.Set);
        Assert.Equal(2, Assert.IsType<SetReading.Whole>(news.Reading).Content.Addresses.Count);
        Assert.Equal(1, set.Current.Count);     // whoever is told puts it in
    }

    [Fact]
    public void A_mistake_is_told_once_for_each_change()
    {
        var (set, patrol) = Begin();
        foreach (var version in new[] { 2, 3 })
        {
            Write("10.0.0.5/8", version);
            for (var look = 0; look < 4; look++)
            {
                patrol.Look([set], _news.Add);
            }
        }

        Assert.Equal(2, _news.Count);
        Assert.All(_news, news => Assert.Equal(
            "office.networks:1:1: '10.0.0.5/8' has host bits: write 10.0.0.0/8, or 10.0.0.5",
            Assert.Single(Assert.IsType<SetReading.Broken>(news.Reading).Problems).ToString()));
    }

    [Fact]
    public void A_file_that_goes_is_told_and_one_that_comes_back_is_read_again()
    {
        var (set, patrol) = Begin();
        var before = _host;
        _host = SomeMachine.Root;
        Look(patrol, set);
        _host = before;
        Look(patrol, set);

        Assert.Equal("office.networks: does not exist",
            Assert.Single(Assert.IsType<SetReading.Broken>(_news[0].Reading).Problems).ToString());
        Assert.Equal(1, Assert.IsType<SetReading.Whole>(Assert.Single(_news.Skip(1)).Reading).Content.Addresses.Count);
    }

    [Fact]
    public void The_watch_looks_on_a_thread_of_its_own_and_ends_with_its_owner()
    {
        var (set, patrol) = Begin();
        using var told = new ManualResetEventSlim();
        var teller = 0;
        using (var watch = new SetWatch(patrol, _ =>
        {
            teller = Environment.CurrentManagedThreadId;
            told.Set();
        }))
        {
            Write("10.0.0.0/16", version: 2);
            watch.Watch([set]);
            for (var hurry = 0; !told.Wait(100, TestContext.Current.CancellationToken); hurry++)
            {
                Assert.True(hurry < 300, "nothing was told");
                watch.Watch([set]);
            }
        }

        Assert.NotEqual(Environment.CurrentManagedThreadId, teller);
    }

    private List<SetNews> News(int looks, Func<HostFacts, HostFacts> change)
    {
        var (set, patrol) = Begin();
        _host = change(_host);
        for (var look = 0; look < looks; look++)
        {
            patrol.Look([set], _news.Add);
        }

        return _news;
    }

    private void Look(SetPatrol patrol, NamedSet set)
    {
        for (var look = 0; look < 3; look++)
        {
            patrol.Look([set], _news.Add);
        }
    }

    private void Write(string text, long version) => _host = SomeMachine.Root.WithSet("office.networks", text, version);

    private (NamedSet Set, SetPatrol Patrol) Begin()
    {
        var set = Assert.Single(_host.Read("sets.office = \"office.networks\"").Sets);
        var files = new SetFiles(SomeMachine.Root with { ReadSet = file => _host.ReadSet(file), StampOf = file => _host.StampOf(file) });
        return (set, new SetPatrol(files));
    }
}
