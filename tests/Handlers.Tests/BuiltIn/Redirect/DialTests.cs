using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.BuiltIn.Redirect;
using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Redirect;

/// <summary>The search for a target, with hosts whose addresses the test makes up.</summary>
public sealed class DialTests : IDisposable
{
    private static readonly IPAddress _silent = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress _closed = IPAddress.Parse("127.0.0.3");

    private readonly List<Socket> _ours = [];
    private readonly Socket _target = Sockets.Listener();

    private int Port => Sockets.Port(_target);

    [Fact]
    public void An_address_that_keeps_silent_costs_a_moment_and_not_all_of_the_patience()
    {
        Fill(new IPEndPoint(_silent, Port));
        var watch = Stopwatch.StartNew();

        var dial = Search([_silent, IPAddress.Loopback], TimeSpan.FromSeconds(10), $"tcp:host:{Port}");

        Assert.Equal($"tcp:host:{Port} (127.0.0.1)", dial.Where);
        Assert.InRange(watch.ElapsedMilliseconds, 240, 5000);
    }

    [Fact]
    public void An_address_that_refuses_costs_nothing()
    {
        var dial = Search([_closed, _closed, IPAddress.Loopback], TimeSpan.FromSeconds(10), $"tcp:host:{Port}");

        Assert.Equal($"tcp:host:{Port} (127.0.0.1)", dial.Where);
        Assert.NotNull(SocketName.OfPeer(dial.Socket));
    }

    [Fact]
    public void Every_address_of_every_target_has_its_reason()
    {
        Fill(new IPEndPoint(_silent, Port));

        var dial = Search([_closed, _silent], TimeSpan.FromMilliseconds(300), $"tcp:host:{Port}", "tcp:127.0.0.1:1");

        Assert.Equal(
            $"tcp:host:{Port} (127.0.0.3): Connection refused; tcp:host:{Port}: no answer; tcp:127.0.0.1:1: Connection refused",
            dial.Failure);
    }

    [Fact]
    public void A_name_server_that_keeps_silent_is_not_waited_for_and_the_next_target_is_tried()
    {
        using var silence = new SemaphoreSlim(0);
        var dial = Search(
            _ =>
            {
                silence.Wait(TimeSpan.FromSeconds(10));
                return [_silent];
            },
            TimeSpan.FromMilliseconds(100),
            "tcp:host:1",
            $"tcp:127.0.0.1:{Port}");

        Assert.Equal($"tcp:127.0.0.1:{Port}", dial.Where);
        silence.Release();
    }

    [Fact]
    public void A_local_server_with_a_full_queue_is_tried_again_until_it_has_room()
    {
        var path = $"superserver-test-{Guid.NewGuid()}";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint($"\0{path}"));
        listener.Listen(0);
        using var first = Sockets.Connected(listener.LocalEndPoint!);
        var accepting = new Timer(_ => listener.Accept().Dispose(), null, 300, Timeout.Infinite);

        var dial = Search([], TimeSpan.FromSeconds(10), $"unix:@{path}");

        Assert.Equal($"unix:@{path}", dial.Where);
        accepting.Dispose();
    }

    public void Dispose()
    {
        _ours.ForEach(socket => socket.Dispose());
        _target.Dispose();
    }

    private static Dial Search(IReadOnlyList<IPAddress> addresses, TimeSpan patience, params string[] targets) =>
        Search(_ => addresses, patience, targets);

    // What the loop does.
    private static Dial Search(Func<string, IReadOnlyList<IPAddress>> find, TimeSpan patience, params string[] targets)
    {
        var poller = new Poller();
        var book = new HostBook(find, TimeProvider.System);
        Assert.True(poller.TryWatch(book.Descriptor, Libc.POLLIN));
        var dial = new Dial(
            [.. targets.Select(target => Target.Parse(target)!)], patience, book, new Watch<Relay>(poller), owner: null!, () => { });
        dial.Next();
        var until = Environment.TickCount64 + 10_000;
        while (dial.Socket == Dial.NoSocket && dial.Failure is null)
        {
            Assert.True(Environment.TickCount64 < until, "the search has not ended");
            poller.Wait((int)Math.Clamp(dial.Deadline - Environment.TickCount64, 0, 1000));
            for (var index = 0; index < poller.Count; index++)
            {
                if (poller.Ready(index).Socket == book.Descriptor)
                {
                    book.Deliver();
                }
                else
                {
                    dial.Step(poller.Ready(index).Socket);
                }
            }

            dial.Tick();
        }

        return dial;
    }

    // Its queue is full: a handshake more is not answered.
    private void Fill(IPEndPoint at)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(at);
        listener.Listen(0);
        _ours.Add(listener);
        for (var i = 0; i < 3; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _ours.Add(client);
            try
            {
                client.Connect(at);
            }
            catch (SocketException waiting) when (waiting.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // that is the point
            }
        }
    }
}
