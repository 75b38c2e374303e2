using System.Collections.Concurrent;
using System.Net;
using SuperServer.Handlers.BuiltIn.Resolve;
using SuperServer.Handlers.Tests.Mailer;

namespace SuperServer.Handlers.Tests.BuiltIn.Resolve;

/// <summary>A fake resolver stands behind the desk; what it says of names is what a stranger wrote.</summary>
public sealed class LookupDeskTests
{
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(30);
    private static readonly IPAddress _address = IPAddress.Parse("203.0.113.7");

    private readonly ManualClock _clock = new();
    private readonly BlockingCollection<(ulong Id, string? Name)> _answers = [];
    private int _asked;

    [Theory]
    [InlineData("host.example.org", "203.0.113.7", "host.example.org")]
    [InlineData("Host.Example.ORG.", "203.0.113.7", "host.example.org")]
    [InlineData("host.example.org", "192.0.2.1", null)]         // its owner does not say so
    [InlineData("host.example.org", null, null)]
    [InlineData("host.example.org\r\n1 0", "203.0.113.7", null)]
    [InlineData("host.example.org 0", "203.0.113.7", null)]
    [InlineData("203.0.113.7", "203.0.113.7", null)]            // a number confirms itself
    [InlineData("203.0.113.0x7", "203.0.113.7", null)]
    [InlineData("h\u00f6st.example.org", "203.0.113.7", null)]
    public void A_name_counts_when_it_is_one_and_leads_back(string pointer, string? forward, string? name)
    {
        var desk = Desk(address => ReverseLookup.Find(
            address, _ => (FindingState.Claimed, pointer), (_, _) => forward is null ? [] : [IPAddress.Parse(forward)]));
        desk.Ask(Question(1));

        Assert.Equal((1ul, name), Answer());
    }

    [Fact]
    public void Questions_about_one_address_share_a_lookup_and_the_next_is_answered_from_memory()
    {
        var gate = new ManualResetEventSlim();      // not disposed: the desk's threads outlive the test
        var desk = Desk(_ =>
        {
            gate.Wait(_long, TestContext.Current.CancellationToken);
            return new Finding(FindingState.Confirmed, "host.example.org");
        });
        desk.Ask(Question(1));
        desk.Ask(Question(2));
        gate.Set();
        Assert.Equal([1ul, 2ul], new[] { Answer().Id, Answer().Id }.Order());
        desk.Ask(Question(3));
        Assert.Equal((3ul, "host.example.org"), Answer());
        Assert.Equal(1, _asked);

        _clock.Pass(NameCache.Life);
        desk.Ask(Question(4));
        Assert.Equal((4ul, "host.example.org"), Answer());
        Assert.Equal(2, _asked);
    }

    [Fact]
    public void Whoever_waits_longer_than_the_patience_gets_no_name_and_no_second_answer()
    {
        var gate = new ManualResetEventSlim();      // not disposed: the desk's threads outlive the test
        var desk = Desk(_ =>
        {
            gate.Wait(_long, TestContext.Current.CancellationToken);
            return new Finding(FindingState.Confirmed, "host.example.org");
        });
        desk.Ask(Question(1));
        _clock.Pass(TimeSpan.FromSeconds(3));
        desk.Ask(Question(2));
        Assert.Equal(TimeSpan.FromSeconds(2), desk.UntilDeadline);
        desk.Expire();
        Assert.Empty(_answers);

        _clock.Pass(TimeSpan.FromSeconds(2));
        desk.Expire();
        Assert.Equal((1ul, null), Answer());
        gate.Set();
        Assert.Equal((2ul, "host.example.org"), Answer());
        Assert.Null(desk.UntilDeadline);
        Assert.Empty(_answers);
    }

    [Fact]
    public void Dead_lookups_hold_up_nobody_else_before_there_are_many()
    {
        var gate = new ManualResetEventSlim();      // not disposed: the desk's threads outlive the test
        var desk = Desk(address =>
        {
            if (!address.Equals(_address))
            {
                gate.Wait(_long, TestContext.Current.CancellationToken);
            }

            return Finding.TimedOut;
        });
        for (var number = 1; number < LookupDesk.MostThreads; number++)
        {
            desk.Ask(Question((ulong)number, IPAddress.Parse($"192.0.2.{number}")));
        }

        desk.Ask(Question(100));
        Assert.Equal((100ul, null), Answer());
        gate.Set();
    }

    [Fact]
    public void A_flood_is_answered_at_once_and_does_not_grow()
    {
        var gate = new ManualResetEventSlim();      // not disposed: the desk's threads outlive the test
        var desk = Desk(_ =>
        {
            gate.Wait(_long, TestContext.Current.CancellationToken);
            return Finding.TimedOut;
        });
        for (var number = 0; number <= LookupDesk.MostQuestions; number++)
        {
            desk.Ask(Question((ulong)number, new IPAddress(number)));
        }

        Assert.Equal(((ulong)LookupDesk.MostQuestions, null), Answer());
        gate.Set();
    }

    [Fact]
    public void The_memory_is_bounded_and_the_oldest_goes_first()
    {
        var cache = new NameCache(_clock);
        for (var number = 0; number <= NameCache.Most; number++)
        {
            cache.Keep(new IPAddress(number), new Finding(FindingState.None));
        }

        Assert.Equal(NameCache.Most, cache.Count);
        Assert.False(cache.TryGet(new IPAddress(0), out _));
        Assert.True(cache.TryGet(new IPAddress(1), out _));
    }

    [Fact]
    public void Silence_is_remembered_for_a_shorter_time_than_an_answer()
    {
        var cache = new NameCache(_clock);
        cache.Keep(_address, Finding.TimedOut);
        Assert.True(cache.TryGet(_address, out var name));
        Assert.Null(name);

        _clock.Pass(NameCache.LifeOfSilence);
        Assert.False(cache.TryGet(_address, out _));
    }

    private LookupDesk Desk(Func<IPAddress, Finding> find) => new(
        address =>
        {
            Interlocked.Increment(ref _asked);
            return find(address);
        },
        (question, name) => _answers.Add((question.Id, name)),
        _clock);

    private static Question Question(ulong id, IPAddress? address = null) => new(id, address ?? _address, [".example.org"]);

    private (ulong Id, string? Name) Answer()
    {
        Assert.True(_answers.TryTake(out var answer, _long), "no answer");
        return answer;
    }
}
