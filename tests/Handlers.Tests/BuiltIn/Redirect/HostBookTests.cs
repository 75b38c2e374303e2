using System.Net;
using SuperServer.Handlers.BuiltIn.Redirect;
using SuperServer.Handlers.Tests.Mailer;

namespace SuperServer.Handlers.Tests.BuiltIn.Redirect;

/// <summary>Look-ups beside the loop.</summary>
public sealed class HostBookTests
{
    private static readonly IReadOnlyList<IPAddress> _here = [IPAddress.Loopback];

    private readonly ManualClock _clock = new();

    [Fact]
    public void Who_asks_while_a_look_up_goes_on_shares_it_and_a_moment_later_it_is_still_known()
    {
        using var resolver = new SemaphoreSlim(0);
        var lookups = 0;
        var book = new HostBook(
            _ =>
            {
                Interlocked.Increment(ref lookups);
                resolver.Wait();
                return _here;
            },
            _clock);
        var told = new List<IReadOnlyList<IPAddress>>();
        Assert.Null(book.Recent("host"));

        book.Ask("host", told.Add);
        book.Ask("host", told.Add);
        resolver.Release(2);
        Deliver(book, () => told.Count == 2);

        Assert.Equal([_here, _here], told);
        Assert.Equal(1, lookups);
        Assert.Equal(_here, book.Recent("host"));
        _clock.Pass(HostBook.Life);
        Assert.Null(book.Recent("host"));
    }

    [Fact]
    public void That_there_is_no_address_is_soon_forgotten()
    {
        var book = new HostBook(_ => [], _clock);
        var told = 0;

        book.Ask("host", _ => told++);
        Deliver(book, () => told == 1);

        Assert.Empty(book.Recent("host")!);
        _clock.Pass(HostBook.LifeOfNothing);
        Assert.Null(book.Recent("host"));
    }

    [Fact]
    public void A_resolver_that_is_silent_about_one_host_delays_no_other()
    {
        using var resolver = new SemaphoreSlim(0);
        var book = new HostBook(
            host =>
            {
                if (host == "slow")
                {
                    resolver.Wait();
                }

                return _here;
            },
            _clock);
        var told = new List<string>();

        book.Ask("slow", _ => told.Add("slow"));
        book.Ask("quick", _ => told.Add("quick"));
        Deliver(book, () => told.Count == 1);

        Assert.Equal(["quick"], told);
        resolver.Release();
        Deliver(book, () => told.Count == 2);
    }

    private static void Deliver(HostBook book, Func<bool> isDone)
    {
        var until = Environment.TickCount64 + 10_000;
        while (!isDone())
        {
            Assert.True(Environment.TickCount64 < until, "nothing was delivered");
            Thread.Sleep(1);
            book.Deliver();
        }
    }
}
