using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// wait: one process has the service's own sockets for as long as somebody comes. An address is taken from accept(2) itself, so that no
/// reset is quick enough to hide it, and from each datagram.
/// </summary>
internal sealed class WaitServer : VisitLoop
{
    // Descriptors have run out: an ending frees one, and if the ending is another process's, we look again after this.
    private const int ResourcePause = 100;

    private readonly List<int> _listeners = [];
    private readonly Dictionary<int, DatagramPlace> _datagrams = [];
    private bool _isBroken;
    private bool _isClosed;
    private long _busyAt = Environment.TickCount64;
    private long _restingUntil = long.MaxValue;

    public WaitServer(Site site, Policies policies, Journal journal)
        : base(site, policies, journal)
    {
    }

    /// <param name="idle">How long it stays when nobody comes.</param>
    /// <param name="atMost">How long it takes arrivals at all; for ever, if infinite.</param>
    public int Serve(TimeSpan idle, TimeSpan atMost)
    {
        var sockets = ListeningSockets.Find();
        var endsAt = atMost == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)atMost.TotalMilliseconds;
        foreach (var socket in sockets)
        {
            Open(socket);
        }

        // One turn in any case: whoever we were started for is waiting already.
        do
        {
            Turn(Math.Min(_restingUntil, _isClosed ? long.MaxValue : Math.Min(endsAt, IsEmpty ? IdleAt(idle) : long.MaxValue)));
            Rouse();
            if (!_isClosed && (IsStopping || _isBroken || Environment.TickCount64 >= endsAt))
            {
                Close();
            }
        }
        while (!IsEmpty || (!_isClosed && Environment.TickCount64 < IdleAt(idle)));

        foreach (var socket in sockets)
        {
            InheritedSocket.SetBlocking(true, socket);
        }

        return Worst == Kept.Nowhere ? ExitCode.TryLater : _isBroken ? ExitCode.OsError : ExitCode.Done;
    }

    protected override void TakeArrivals(int socket)
    {
        if (_datagrams.TryGetValue(socket, out var place))
        {
            TakeDatagrams(place);
        }
        else if (_listeners.Contains(socket))
        {
            Accept(socket);
        }
    }

    protected override void Moved(long now) => _busyAt = now;

    private void Open(int socket)
    {
        InheritedSocket.SetBlocking(false, socket);
        if (InheritedSocket.Kind(socket) == InheritedKind.Datagram)
        {
            _datagrams.Add(socket, new DatagramPlace(socket));
        }
        else
        {
            _listeners.Add(socket);
        }

        _isBroken |= !Poller.TryWatch(socket, Libc.POLLIN);
    }

    private long IdleAt(TimeSpan idle) => _busyAt + (long)idle.TotalMilliseconds;

    // Those who are there are seen off; whoever comes now is the next process's.
    private void Close()
    {
        _isClosed = true;
        foreach (var socket in (int[])[.. _listeners, .. _datagrams.Keys])
        {
            Poller.Forget(socket);
        }

        _listeners.Clear();
        _datagrams.Clear();
    }

    private void Accept(int listener)
    {
        Span<byte> address = stackalloc byte[Libc.SockaddrStorageSize];
        for (var taken = 0; taken < MostAtOnce; taken++)
        {
            var length = (uint)address.Length;
            var socket = Libc.accept4(listener, address, ref length, Libc.SOCK_CLOEXEC);
            if (socket >= 0)
            {
                Begin(socket, SocketName.Parse(address[..(int)length]));
            }
            else if (!IsPassing(Errno.Last))
            {
                return;
            }
        }
    }

    private void Begin(int socket, SocketName name)
    {
        var client = Peer.Named(name, Peer.FromAccept);
        var self = SocketName.OfSelf(socket);
        var (policy, action) = Treat(client, self?.Port);
        var touch = Site.Touch(client, (self?.Address, self?.Port), action, connection: null);
        Welcome(new Visit(socket, touch, policy));
    }

    // Whether the next accept may be tried at once: accept(2) hands on the errors of connections that have failed meanwhile.
    private bool IsPassing(int errno)
    {
        switch (errno)
        {
            case Errno.EAGAIN:
                return false;

            case Errno.EINTR or Errno.ECONNABORTED or Errno.EPROTO:
            case Errno.ENETDOWN or Errno.ENETUNREACH or Errno.EHOSTDOWN or Errno.EHOSTUNREACH:
                return true;

            case Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM:
                Rest();
                return false;

            default:
                Output.Complain($"{Tripwire.Name}: accept: {Errno.Text(errno)}");
                _isBroken = true;
                return false;
        }
    }

    private void Rest()
    {
        _restingUntil = Environment.TickCount64 + ResourcePause;
        _listeners.ForEach(listener => Poller.Change(listener, events: 0));
    }

    private void Rouse()
    {
        if (Environment.TickCount64 >= _restingUntil)
        {
            _restingUntil = long.MaxValue;
            _listeners.ForEach(listener => Poller.Change(listener, Libc.POLLIN));
        }
    }

    private void TakeDatagrams(DatagramPlace place)
    {
        for (var taken = 0; taken < MostAtOnce && place.Receive(); taken++)
        {
            var policy = PolicyFor(place.Target.Port);
            var touch = Site.Touch(place.Client, place.Target, Policy.Silent, Environment.GetEnvironmentVariable("SUPERSERVER_CONNECTION"));
            Welcome(new Visit(Visit.NoSocket, touch, policy)
            {
                Payload = place.First(policy.Capture),
                PayloadLength = place.Length,
            });
        }
    }
}
