using System.Globalization;
using System.Net;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Tests.Accepting;

/// <summary>Sockets that the daemon was started with; how they come to it is in the end-to-end tests.</summary>
public sealed class InheritedSocketsTests
{
    [Fact]
    public void A_socket_is_given_out_by_its_name_and_only_once()
    {
        var inherited = new InheritedSockets();
        inherited.Add("web", Bound(out var port));
        inherited.Add("web", Bound(out var second));

        using var listener = Opened(Handed("web"), inherited);
        using var other = Opened(Handed("web:2"), inherited);

        Assert.Equal($"tcp:127.0.0.1:{port}", listener.Address);
        Assert.Equal($"tcp:127.0.0.1:{second}", other.Address);
        Assert.Equal("web", listener.HandedName);
        Assert.Contains("'web' was handed", Refusal(Handed("web"), inherited), StringComparison.Ordinal);
    }

    [Fact]
    public void The_socket_that_an_endpoint_would_open_is_taken_instead()
    {
        var inherited = new InheritedSockets();
        inherited.Add("stored", Bound(out var port));
        var same = Some.Endpoint with { Address = new IPEndPoint(IPAddress.Loopback, port) };

        using var listener = Opened(same, inherited);

        Assert.Equal("stored", listener.HandedName);
        Assert.Empty(inherited.CloseTheRest());
    }

    [Fact]
    public void A_socket_of_another_kind_or_place_is_not_taken_for_it()
    {
        var inherited = new InheritedSockets();
        inherited.Add("stored", Bound(out var port));
        var same = Some.Endpoint with { Address = new IPEndPoint(IPAddress.Loopback, port) };

        Assert.Null(inherited.TwinOf(same with { Transport = Transport.Udp }));
        Assert.Null(inherited.TwinOf(same with { IsMultipath = true }));
        Assert.Null(inherited.TwinOf(same with { SharesPort = true }));
        Assert.Null(inherited.TwinOf(same with { Device = "lo" }));
        Assert.Null(inherited.TwinOf(same with { Address = new IPEndPoint(IPAddress.Any, port) }));
        Assert.Null(inherited.TwinOf(Some.Endpoint));
        Assert.Equal(["stored"], inherited.CloseTheRest());
    }

    [Fact]
    public void What_a_daemon_before_us_has_set_is_not_kept()
    {
        var settings = new SocketSettings { NoDelay = true, Ttl = 7 };
        var inherited = new InheritedSockets();
        inherited.Add("stored", Bound(out var port, settings));
        var same = Some.Endpoint with { Address = new IPEndPoint(IPAddress.Loopback, port) };

        using var listener = Opened(same, inherited);

        var (noDelay, length) = (-1, (uint)sizeof(int));
        Assert.Equal(0, Libc.getsockopt(listener.Socket, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, ref noDelay, ref length));
        Assert.Equal(0, noDelay);
    }

    [Fact]
    public void A_descriptor_that_is_not_what_the_file_takes_it_for_is_refused()
    {
        var inherited = new InheritedSockets();
        inherited.Add("stream", Bound(out _));
        inherited.Add("datagrams", Bound(Transport.Udp));
        inherited.Add("file", Libc.open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC, 0));
        using var deaf = new SocketKind(Libc.AF_INET, Libc.SOCK_STREAM, 0).Make();
        inherited.Add("deaf", deaf.Number);
        deaf.SetHandleAsInvalid();

        Assert.Contains("write 'fd:stream'",
            Refusal(Handed("stream") with { Transport = Transport.HandedDatagram }, inherited), StringComparison.Ordinal);
        Assert.Contains("write 'fd-dgram:datagrams'", Refusal(Handed("datagrams"), inherited), StringComparison.Ordinal);
        Assert.Contains("no socket", Refusal(Handed("file"), inherited), StringComparison.Ordinal);
        Assert.Contains("does not listen", Refusal(Handed("deaf"), inherited), StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptors_of_another_process_are_not_touched()
    {
        var elsewhere = new Dictionary<string, string> { ["LISTEN_PID"] = "1", ["LISTEN_FDS"] = "1" };
        var here = new Dictionary<string, string>
        {
            ["LISTEN_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ["LISTEN_FDS"] = "many",
        };

        Assert.Empty(InheritedSockets.Take(elsewhere.GetValueOrDefault).CloseTheRest());
        Assert.Empty(InheritedSockets.Take(here.GetValueOrDefault).CloseTheRest());
        Assert.Empty(InheritedSockets.Take(_ => null).CloseTheRest());
    }

    private static Endpoint Handed(string name) => new() { Transport = Transport.Handed, HandedName = name };

    private static int Bound(out ushort port, SocketSettings? settings = null)
    {
        using var listener = Assert.IsType<ListenResult.Opened>(
            Doorway.Open(Some.Endpoint, 16, settings ?? new SocketSettings(), InheritedSockets.None)).Listener;
        port = listener.Bound.Port;
        return Copy(listener);
    }

    private static int Bound(Transport transport)
    {
        using var listener = Assert.IsType<ListenResult.Opened>(Doorway.Open(
            Some.Endpoint with { Transport = transport }, 16, new SocketSettings(), InheritedSockets.None)).Listener;
        return Copy(listener);
    }

    // F_DUPFD_CLOEXEC: the listener closes its own.
    private static int Copy(Listener listener) => Libc.fcntl(listener.Socket, 1030, 0);

    private static Listener Opened(Endpoint endpoint, InheritedSockets inherited) => Assert.IsType<ListenResult.Opened>(
        Doorway.Open(endpoint, 16, new SocketSettings(), inherited)).Listener;

    private static string Refusal(Endpoint endpoint, InheritedSockets inherited) => Assert.IsType<ListenResult.Failed>(
        Doorway.Open(endpoint, 16, new SocketSettings(), inherited)).Why;
}
