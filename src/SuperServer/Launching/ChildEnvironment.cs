using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Launching;

/// <summary>
/// The variables that differ from connection to connection, written into memory that is used again for the next one. A value
/// that is unknown is unset, never empty (tcp-environ(5) of ucspi-tcp; IPC…: s6-ipcserver; REMOTE_ADDR and REMOTE_PORT: systemd.exec(5);
/// REMOTE_HOST: xinetd.conf(5)).
/// </summary>
internal sealed unsafe class ChildEnvironment : IDisposable
{
    /// <summary>The most that one connection has: id, kind, five of its peer, two of its own end, and the null.</summary>
    public const int MaxVariables = 10;

    /// <summary>Two about its proxy, and all that may be told of its TLS.</summary>
    public const int MaxVariablesOfPassage = 2 + VestibuleAnswer.MostFacts;

    /// <summary>The longest message to a worker.</summary>
    public const int Capacity = 1024 + VestibuleAnswer.LongestFacts;

    /// <summary>Of a pid.</summary>
    private const int MaxDigits = 10;

    private readonly byte* _text = (byte*)NativeMemory.Alloc(Capacity);
    private byte** _places;
    private byte* _names;
    private int _variables;
    private int _room;
    private int _used;

    private Span<byte> Free => new(_text + _used, Capacity - _used);

    /// <summary>For the child of a nowait service.</summary>
    public void Describe(LaunchPlan plan, ConnectionId id, in Arrival arrival)
    {
        Begin(plan, id);
        if (arrival.Passage is { } passage)
        {
            DescribePassage(passage);
        }

        if (arrival.Peer.IsUnix)
        {
            DescribeUnix(arrival);
            return;
        }

        if (arrival.Peer.Name.Vsock is { } vsock)
        {
            Add("PROTO="u8, "VSOCK");
            Add("VSOCKREMOTECID="u8, vsock.Cid);
            Add("VSOCKREMOTEPORT="u8, vsock.Port);
            AddLocal(arrival.Local.Vsock);
            return;
        }

        var isDatagram = plan.IsDatagram;
        Add("PROTO="u8, isDatagram ? "UDP" : "TCP");
        Add(isDatagram ? "UDPREMOTEIP="u8 : "TCPREMOTEIP="u8, arrival.Peer.Name.Address);
        Add("REMOTE_ADDR="u8, arrival.Peer.Name.Address);
        Add("REMOTE_HOST="u8, arrival.Peer.Name.Address);
        Add(isDatagram ? "UDPREMOTEPORT="u8 : "TCPREMOTEPORT="u8, arrival.Peer.Name.Port);
        Add("REMOTE_PORT="u8, arrival.Peer.Name.Port);
        Add(isDatagram ? "UDPLOCALIP="u8 : "TCPLOCALIP="u8, arrival.Local.Address);
        Add(isDatagram ? "UDPLOCALPORT="u8 : "TCPLOCALPORT="u8, arrival.Local.Port);
    }

    /// <summary>For a worker of a pool: it learns of each connection with the connection.</summary>
    public void DescribeWorker(LaunchPlan plan, ConnectionId id, int maxConcurrent)
    {
        Begin(plan, id);
        Add("SUPERSERVER_POOL="u8, maxConcurrent);
    }

    /// <summary>For a worker of a pool: the variables of one connection, each ended by NUL. Valid until the next call.</summary>
    public ReadOnlySpan<byte> DescribeConnection(LaunchPlan plan, ConnectionId id, in Arrival arrival)
    {
        Describe(plan, id, arrival);
        plan.CommonVariables.CopyTo(Free);
        return new ReadOnlySpan<byte>(_text, _used + plan.CommonVariables.Length);
    }

    /// <summary>The same for a process of the vestibule, and how long it may take.</summary>
    public ReadOnlySpan<byte> DescribeVisit(LaunchPlan plan, ConnectionId id, in Arrival arrival, TimeSpan timeout)
    {
        Describe(plan, id, arrival);
        Add("VISIT_TIMEOUT_MS="u8, (long)timeout.TotalMilliseconds);
        plan.CommonVariables.CopyTo(Free);
        return new ReadOnlySpan<byte>(_text, _used + plan.CommonVariables.Length);
    }

    /// <summary>For the child of a wait service: nobody has been accepted yet, only our own end is known.</summary>
    public void Describe(LaunchPlan plan, ConnectionId id, Listener listener)
    {
        Begin(plan, id);
        if (listener.Kind.IsInternet)
        {
            Add("PROTO="u8, listener.Kind.IsTcp ? "TCP" : "UDP");
            Add(listener.Kind.IsTcp ? "TCPLOCALIP="u8 : "UDPLOCALIP="u8, listener.Bound.Address);
            Add(listener.Kind.IsTcp ? "TCPLOCALPORT="u8 : "UDPLOCALPORT="u8, listener.Bound.Port);
        }
        else if (listener.Kind.IsVsock)
        {
            Add("PROTO="u8, "VSOCK");
            AddLocal(listener.Bound.Vsock);
        }
        else if (listener.Kind.IsUnix)
        {
            Add("PROTO="u8, "IPC");
            Add("IPCLOCALPATH="u8, listener.Bound.Path);
        }
    }

    /// <summary>For a process that serves nobody.</summary>
    public void Describe(LaunchPlan plan, ConnectionId id) => Begin(plan, id);

    /// <summary>
    /// Adds what sd_listen_fds(3) asks for, and returns the place where the child writes its own pid: nobody else knows it.
    /// </summary>
    public byte* DescribeSockets(IReadOnlyCollection<string> names)
    {
        Add("LISTEN_FDS="u8, names.Count);
        AddNames(names);
        var start = Put("LISTEN_PID="u8);
        var place = _text + _used;
        End(start, MaxDigits);
        return place;
    }

    public void Dispose()
    {
        NativeMemory.Free(_text);
        NativeMemory.Free(_names);
    }

    // As many as the service has sockets, each as long as it likes: they have room of their own.
    private void AddNames(IReadOnlyCollection<string> names)
    {
        var text = $"LISTEN_FDNAMES={string.Join(':', names)}\0";
        var length = Encoding.UTF8.GetByteCount(text);
        _names = (byte*)NativeMemory.Realloc(_names, (nuint)length);
        Encoding.UTF8.GetBytes(text, new Span<byte>(_names, length));
        _places[_variables++] = _names;
        _places[_variables] = null;
    }

    private void DescribePassage(Passage passage)
    {
        if (passage.Proxy is { IsUnix: false } proxy)
        {
            Add("PROXYREMOTEIP="u8, proxy.Name.Address);
            Add("PROXYREMOTEPORT="u8, proxy.Name.Port);
        }

        var facts = passage.Facts.Span;
        for (int length; (length = facts.IndexOf((byte)0)) >= 0; facts = facts[(length + 1)..])
        {
            var start = Put(facts[..length]);
            End(start, 0);
        }
    }

    private void DescribeUnix(in Arrival arrival)
    {
        Add("PROTO="u8, "IPC");
        var credentials = arrival.Peer.Credentials;
        if (credentials.pid > 0)
        {
            Add("IPCREMOTEPID="u8, credentials.pid);
            Add("IPCREMOTEEUID="u8, credentials.uid);
            Add("IPCREMOTEEGID="u8, credentials.gid);
        }

        Add("IPCLOCALPATH="u8, arrival.Local.Path);
        Add("IPCREMOTEPATH="u8, arrival.Peer.Name.Path);
        Add("REMOTE_ADDR="u8, arrival.Peer.Name.Path);
    }

    private void AddLocal(VsockAddress? vsock)
    {
        Add("VSOCKLOCALCID="u8, vsock?.Cid);
        Add("VSOCKLOCALPORT="u8, vsock?.Port);
    }

    private void Begin(LaunchPlan plan, ConnectionId id)
    {
        _places = plan.Environment + plan.FixedVariables;
        _variables = 0;
        _room = plan.FreePlaces;
        _used = 0;

        var start = Put("SUPERSERVER_CONNECTION="u8);
        End(start, id.Format(Free));
    }

    private void Add(ReadOnlySpan<byte> name, InternetAddress address) => End(Put(name), address.Format(Free));

    private void Add(ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            End(Put(name), Encoding.UTF8.GetBytes(text, Free));
        }
    }

    private void Add(ReadOnlySpan<byte> name, long? number)
    {
        if (number is not { } known)
        {
            return;
        }

        var start = Put(name);
        _ = known.TryFormat(Free, out var length, provider: CultureInfo.InvariantCulture);
        End(start, length);
    }

    private byte* Put(ReadOnlySpan<byte> name)
    {
        var start = _text + _used;
        name.CopyTo(Free);
        _used += name.Length;
        return start;
    }

    private void End(byte* start, int length)
    {
        _used += length;
        _text[_used++] = 0;
        if (_variables + 1 < _room)     // a connection may come from the vestibule that a reload has just done away with
        {
            _places[_variables++] = start;
            _places[_variables] = null;
        }
    }
}
