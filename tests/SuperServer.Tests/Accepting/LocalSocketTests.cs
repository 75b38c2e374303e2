using System.Net.Sockets;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Tests.Accepting;

/// <summary>What is not of the Internet: kinds of Unix sockets, their files' rights, FIFOs, vsock.</summary>
public sealed class LocalSocketTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("superserver-").FullName;

    private string Here => Path.Combine(_folder, "here");

    [Theory]
    [InlineData("Unix", SocketType.Stream)]
    [InlineData("UnixSeqpacket", SocketType.Seqpacket)]
    public void A_named_client_of_a_named_socket_shows_both_names(string transport, SocketType type)
    {
        using var listener = Open(At(Enum.Parse<Transport>(transport), Here));
        using var client = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        client.Bind(new UnixDomainSocketEndPoint(Here + ".client"));
        client.Connect(new UnixDomainSocketEndPoint(Here));

        var arrival = Accept(listener);

        Assert.Equal(Here, arrival.Local.Path);
        Assert.Equal(Here + ".client", arrival.Peer.Name.Path);
        Assert.Equal(Environment.ProcessId, arrival.Peer.Credentials.pid);
    }

    [Fact]
    public void An_abstract_socket_is_found_by_its_name_and_has_no_file()
    {
        var name = $"superserver-test-{Environment.ProcessId}";
        using var listener = Open(At(Transport.Unix, $"@{name}"));
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint($"\0{name}"));

        var arrival = Accept(listener);

        Assert.Equal($"unix:@{name}", listener.Address);
        Assert.Equal($"@{name}", arrival.Local.Path);
        Assert.Null(arrival.Peer.Name.Path);
    }

    [Theory]
    [InlineData(0b110_000_000)]
    [InlineData(0b111_111_111)]
    [InlineData(0b000_000_000)]
    public void The_file_of_a_socket_has_the_mode_that_was_asked_for_whatever_the_umask_is(int mode)
    {
        using var listener = Open(At(Transport.Unix, Here), new SocketSettings { Mode = mode });

        Assert.Equal(mode, (int)File.GetUnixFileMode(Here));
    }

    [Fact]
    public void Without_a_mode_everybody_may_connect_and_write()
    {
        using var socket = Open(At(Transport.Unix, Here));
        using var fifo = Open(At(Transport.Fifo, Here + ".fifo"));

        Assert.Equal(0b110_110_110, (int)File.GetUnixFileMode(Here));
        Assert.Equal(0b110_010_010, (int)File.GetUnixFileMode(Here + ".fifo"));
    }

    [Theory]
    [InlineData("Unix")]
    [InlineData("UnixDatagram")]
    [InlineData("Fifo")]
    public void Root_can_give_the_file_away_now_and_at_a_reload(string transport)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        using var listener = Open(
            At(Enum.Parse<Transport>(transport), Here), new SocketSettings { Owner = 4711, Group = 4712, Mode = 0b110_100_000 });

        Assert.Equal((4711u, 4712u, 0b110_100_000), Rights(Here));
        Assert.Null(listener.Apply(new SocketSettings { Group = 4713, Mode = 0b110_000_000 }));
        Assert.Equal((0u, 4713u, 0b110_000_000), Rights(Here));
    }

    [Fact]
    public void A_FIFO_is_made_and_goes_when_nobody_reads_it_any_more()
    {
        using (var listener = Open(At(Transport.Fifo, Here)))
        {
            Assert.Equal(0u, listener.WaitingBytes());
            File.AppendAllText(Here, "a line\n");

            // The writer has left, and still this is no end of file but seven bytes.
            Assert.True(listener.HasVisitors());
            Assert.Equal(7u, listener.WaitingBytes());
            Assert.Equal($"fifo:{Here}", listener.Address);
        }

        Assert.False(File.Exists(Here));
    }

    [Fact]
    public void A_FIFO_that_is_there_keeps_its_rights_unless_the_file_speaks_of_them()
    {
        Assert.Equal(0, Libc.mkfifo(Here, 0b110_000_000));

        using (var listener = Open(At(Transport.Fifo, Here)))
        {
            Assert.Equal(0b110_000_000, (int)File.GetUnixFileMode(Here));
        }

        Assert.Equal(0, Libc.mkfifo(Here, 0b110_000_000));
        using var other = Open(At(Transport.Fifo, Here), new SocketSettings { Mode = 0b110_100_000 });
        Assert.Equal(0b110_100_000, (int)File.GetUnixFileMode(Here));
    }

    [Fact]
    public void What_is_no_FIFO_is_left_alone()
    {
        File.WriteAllText(Here, "precious");
        File.CreateSymbolicLink(Here + ".link", Here);

        Assert.Contains("is no FIFO", Refused(At(Transport.Fifo, Here)), StringComparison.Ordinal);
        Assert.Contains("is no FIFO", Refused(At(Transport.Fifo, Here + ".link")), StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Here));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_not_made()
    {
        Assert.StartsWith("bind: No such file", Refused(At(Transport.Unix, Here + "/x")), StringComparison.Ordinal);
        Assert.StartsWith("mkfifo: No such file", Refused(At(Transport.Fifo, Here + "/x")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_virtual_machine_is_a_peer_with_a_number()
    {
        var endpoint = new Endpoint { Transport = Transport.Vsock, Vsock = new VsockAddress(null, 0) };
        var result = Doorway.Open(endpoint, 16, new SocketSettings(), InheritedSockets.None);
        Assert.SkipWhen(
            result is ListenResult.Failed { Why: var why } && why.Contains("this kernel has no vsock", StringComparison.Ordinal),
            "this kernel has no vsock");
        using var listener = Assert.IsType<ListenResult.Opened>(result).Listener;
        Assert.Matches("^vsock:[0-9]+$", listener.Address);

        using var client = SocketKind.Of(endpoint).Make();
        var there = endpoint with { Vsock = new VsockAddress(1, listener.Bound.Vsock!.Value.Port) };
        var address = SocketName.Write(there, out var length);
        Assert.SkipWhen(Libc.connect(client, address, length) != 0, "this kernel has no vsock loopback");

        var arrival = Accept(listener);
        Assert.Matches("^vsock:1:[0-9]+$", arrival.Peer.ToString());
        Assert.Equal(there.Vsock, arrival.Local.Vsock);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Endpoint At(Transport transport, string path) => new() { Transport = transport, Path = path };

    private static Listener Open(Endpoint endpoint, SocketSettings? settings = null) => Assert.IsType<ListenResult.Opened>(
        Doorway.Open(endpoint, 16, settings ?? new SocketSettings(), InheritedSockets.None)).Listener;

    private static string Refused(Endpoint endpoint) => Assert.IsType<ListenResult.Failed>(
        Doorway.Open(endpoint, 16, new SocketSettings(), InheritedSockets.None)).Why;

    private static Arrival Accept(Listener listener)
    {
        Assert.Equal(AcceptOutcome.Accepted, listener.TryAccept(out var arrival));
        _ = Libc.close(arrival.Socket);
        return arrival;
    }

    private static (uint Owner, uint Group, int Mode) Rights(string path)
    {
        Libc.statx_t status = default;
        Assert.Equal(0, Libc.statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, ref status));
        return (status.stx_uid, status.stx_gid, status.stx_mode & 0b111_111_111);
    }
}
