using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Interop;
using SuperServer.Launching;

namespace SuperServer.Commands.Try;

/// <summary>
/// Plays the daemon for one client: makes the sockets, and starts the handler as the Dispatcher would. What it has of the client is
/// the client's own end, which no daemon has.
/// </summary>
/// <param name="service">What to start; it listens where <see cref="Endpoint"/> says.</param>
/// <param name="plan">Its plan.</param>
/// <param name="launcher">Starts it.</param>
/// <param name="from">Who is said to have come; null: whoever it is.</param>
internal sealed unsafe class Rehearsing(ServiceDefinition service, LaunchPlan plan, Launcher launcher, SocketName? from) : IDisposable
{
    private Listener? _listener;
    private Arrival? _arrival;

    public ServiceDefinition Service => service;

    public bool IsDatagram => plan.IsDatagram;

    /// <summary>Our end of the connection: it does not block.</summary>
    public int Client { get; private set; } = -1;

    public Child Child { get; private set; } = null!;

    /// <summary>Where the handler's standard error arrives; -1 when it does not.</summary>
    public int Words { get; private set; } = -1;

    /// <summary>The handler as a worker, with mode = "pool".</summary>
    public Worker? Worker { get; private set; }

    /// <summary>A server that is not over when its client is.</summary>
    public bool Stays => service.Mode != ServiceMode.Nowait;

    /// <summary>Where such a client comes to; nobody else finds it.</summary>
    public static Endpoint Endpoint(Transport transport) => transport == Transport.Unix
        ? new Endpoint { Transport = transport, Path = string.Create(CultureInfo.InvariantCulture, $"@superserver-try-{Libc.getpid()}") }
        : new Endpoint { Transport = transport, Address = new IPEndPoint(IPAddress.Loopback, 0) };

    /// <summary>Makes the connection. Null, or why that cannot be.</summary>
    public string? Connect() =>
        service.Listen[0].Transport == Transport.Unix && service.Mode != ServiceMode.Wait ? Pair() : Listen() ?? Come();

    /// <summary>Starts the handler; of datagrams the first one has been sent by now, for it is what starts a server. Null, or why not.</summary>
    public string? Start()
    {
        var result = service.Mode switch
        {
            ServiceMode.Pool => StartWorker(),
            ServiceMode.Wait => launcher.Launch(service, plan, _listener!),
            _ => launcher.Launch(service, plan, _arrival!.Value),
        };
        if (result is LaunchResult.Failed failed)
        {
            return $"{Printable.Quoted(service.Program)} could not be started: {failed.What(service)}: {Errno.Say(failed.Error)}";
        }

        (Child, Words) = (LaunchResult.Launched)result;
        LetGo();
        return null;
    }

    /// <summary>The client has gone.</summary>
    public void HangUp()
    {
        if (Client >= 0)
        {
            _ = Libc.close(Client);
            Client = -1;
        }
    }

    /// <summary>A server that stays is told to end: a worker by the end of its socket, another by SIGTERM.</summary>
    public void Dismiss()
    {
        if (Worker is not null)
        {
            Worker.Dismiss();
        }
        else
        {
            Signal(Libc.SIGTERM);
        }
    }

    public void Signal(int signal)
    {
        if (Libc.kill(-Child.Pid, signal) != 0)
        {
            _ = Libc.kill(Child.Pid, signal);
        }
    }

    public void Dispose()
    {
        HangUp();
        LetGo();
        _listener?.Dispose();
        Worker?.Dispose();
        Child?.Dispose();
    }

    private string? Pair()
    {
        var ends = stackalloc int[2];
        if (Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, ends) != 0)
        {
            return Failure("socketpair");
        }

        Client = Unblocked(ends[0]);
        _arrival = new Arrival(ends[1], Peer.OfUnixSocket(ends[1], default), default);
        return null;
    }

    private string? Listen()
    {
        var opened = Doorway.Open(service.Listen[0], service.Backlog, service.Sockets, InheritedSockets.None);
        _listener = (opened as ListenResult.Opened)?.Listener;
        return opened is ListenResult.Failed failed ? failed.Why : _listener is null ? "this machine has no loopback interface" : null;
    }

    private string? Come()
    {
        using var socket = _listener!.Kind.Make();
        if (socket.IsInvalid)
        {
            return Failure("socket");
        }

        Libc.sockaddr_storage address = default;
        var length = (uint)Unsafe.SizeOf<Libc.sockaddr_storage>();
        _ = Libc.getsockname(_listener.Socket, ref address, ref length);
        if (Libc.connect(socket, address, length) != 0)
        {
            return Failure("connect");
        }

        Client = Unblocked(Libc.fcntl(socket.Number, Libc.F_DUPFD_CLOEXEC, 3));
        return service.Mode == ServiceMode.Wait ? null : IsDatagram ? Dedicate() : Accept();
    }

    private string? Accept()
    {
        if (_listener!.TryAccept(out var arrival) != AcceptOutcome.Accepted)
        {
            return Failure("accept");
        }

        _arrival = from is { } claimed ? arrival with { Peer = Peer.Internet(claimed) } : arrival;
        return null;
    }

    // Each peer's child has a socket that is connected to it.
    private string? Dedicate()
    {
        Libc.sockaddr_storage address = default;
        var length = (uint)Unsafe.SizeOf<Libc.sockaddr_storage>();
        _ = Libc.getsockname(Client, ref address, ref length);
        if (Libc.connect(_listener!.Socket, address, length) != 0)
        {
            return Failure("connect");
        }

        var peer = from ?? SocketName.Read(address, length);
        _arrival = new Arrival(Libc.fcntl(_listener.Socket, Libc.F_DUPFD_CLOEXEC, 3), Peer.Internet(peer), _listener.Bound);
        return null;
    }

    private LaunchResult StartWorker()
    {
        var result = launcher.LaunchWorker(service, plan, out var socket);
        Worker = result is LaunchResult.Launched launched ? new Worker(launched.Child, socket) : null;
        return result is LaunchResult.Launched && !Hire() ? new LaunchResult.Failed(Spawn.Step.Pipe, Errno.Last) : result;
    }

    private bool Hire()
    {
        var id = launcher.NextId();
        return Worker!.TryHand(id, launcher.Describe(plan, id, _arrival!.Value), _arrival.Value.Socket);
    }

    // The handler has its own; ours would keep the connection open when it closes.
    private void LetGo()
    {
        if (_arrival is { } arrival)
        {
            _ = Libc.close(arrival.Socket);
            _arrival = null;
        }

        if (service.Mode == ServiceMode.Nowait && Child is not null)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    private static int Unblocked(int socket)
    {
        _ = Libc.fcntl(socket, Libc.F_SETFL, Libc.fcntl(socket, Libc.F_GETFL, 0) | Libc.O_NONBLOCK);
        return socket;
    }

    private static string Failure(string call) => $"{call}: {Errno.Say(Errno.Last)}";
}
