using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;
using SuperServer.Handlers.Visits;

namespace SuperServer.Handlers.Tls;

/// <summary>
/// Speaks TLS with clients and clear text with programs, thousands of connections in one process, which
/// is the only one that reads the keys.
/// </summary>
internal sealed class TlsWorker : IDisposable
{
    private readonly PoolLink _daemon = new(InheritedSocket.Descriptor);
    private readonly FloodGate _complaints = new(TimeProvider.System);
    private readonly TlsOptions _options;
    private readonly Keyring _keyring;
    private readonly CountdownEvent _visits = new(1);

    private TlsWorker(TlsOptions options)
    {
        _options = options;
        _keyring = new Keyring(options, TimeProvider.System, Complain);
    }

    public static int Run()
    {
        if (InheritedSocket.Kind() != InheritedKind.Connected || !InheritedSocket.KeepsMessagesApart())
        {
            Complain("descriptor 0 is not a seqpacket socket; only the daemon starts this");
            return ExitCode.Usage;
        }

        var given = HandlerOptions.Parse(Environment.GetEnvironmentVariable(HandlerOptions.Variable));
        var options = TlsOptions.Read(given);
        if (given.Problems.Any())
        {
            given.Problems.ToList().ForEach(Complain);
            return ExitCode.Configuration;
        }

        if (!HasLibrary())
        {
            return ExitCode.OsError;
        }

        using var worker = new TlsWorker(options);
        return worker.Serve();
    }

    public void Dispose() => _visits.Dispose();

    // Without it the runtime would end the process in words that nobody understands.
    private static bool HasLibrary()
    {
        if (NativeLibrary.TryLoad("libssl.so.3", out _) || NativeLibrary.TryLoad("libssl.so.1.1", out _))
        {
            return true;
        }

        Complain("OpenSSL is missing, which speaks TLS for us: please install libssl.so.3 (Debian: libssl3t64 or libssl3; Fedora: openssl-libs)");
        return false;
    }

    // Keys are in this memory: no other process of this user looks into it, and none of it goes to the disk.
    private static void Conceal()
    {
        _ = Libc.prctl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0);
        _ = Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        _ = Libc.setrlimit(Libc.RLIMIT_CORE, default);
    }

    private int Serve()
    {
        Conceal();
        StandardDescriptors.RaiseLimit();
        using var stop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, TakeNoMore);
        _ = _keyring.Current;       // mistakes are told before somebody comes
        while (true)
        {
            switch (_daemon.Receive(out var connection, waits: true))
            {
                case PoolNews.Connection:
                    Begin(connection);
                    break;
                case PoolNews.End:
                    _visits.Signal();
                    _visits.Wait();
                    return ExitCode.Done;
            }
        }
    }

    // The daemon can send no more from here on, and sees that; what it has sent is there to be read, and then the end.
    private void TakeNoMore(PosixSignalContext context)
    {
        context.Cancel = true;
        _ = Libc.shutdown(_daemon.Socket, Libc.SHUT_RD);
    }

    private void Begin(in PoolConnection connection)
    {
        var id = connection.Id.ToArray();
        if (connection.Second == PoolConnection.NoSocket)
        {
            TurnAway(id, connection);
            ComplainSeldom("a client came without his sockets: this process has as many descriptors as it may (see LimitNOFILE)");
        }
        else if (_keyring.Current is { } certificates)
        {
            _visits.AddCount();
            _ = Converse(
                id,
                new SafeSocketHandle(connection.Socket, ownsHandle: true),
                new SafeSocketHandle(connection.Second, ownsHandle: true),
                certificates,
                VisitTimeout.Of(connection));
        }
        else
        {
            TurnAway(id, connection);
        }
    }

    private void TurnAway(byte[] id, in PoolConnection connection)
    {
        _ = connection.Socket == PoolConnection.NoSocket ? 0 : Libc.close(connection.Socket);
        _ = connection.Second == PoolConnection.NoSocket ? 0 : Libc.close(connection.Second);
        Fail(id, Failure.Trouble);
    }

    // Whatever a client does to his own connection, the others are not to suffer from it: therefore every exception ends here.
    private async Task Converse(
        byte[] id, SafeSocketHandle client, SafeSocketHandle program, Certificates certificates, TimeSpan timeout)
    {
        await Task.Yield();
        string? failure = Failure.Trouble;
        var isReady = false;
        try
        {
            var visit = new TlsVisit(Connected(client), Connected(program), _options, certificates);
            failure = await visit.Run(timeout < _options.HandshakeTimeout ? timeout : _options.HandshakeTimeout, tls =>
            {
                _daemon.Say(Facts.Ready(id, tls));
                isReady = true;
            }).ConfigureAwait(false);
        }
#pragma warning disable CA1031
        catch (Exception unforeseen)
#pragma warning restore CA1031
        {
            ComplainSeldom($"a connection ended by {unforeseen.GetType().Name}: {HandlerOptions.Printable(unforeseen.Message)}");
        }

        if (isReady)
        {
            _daemon.Say([.. "done "u8, .. id]);
        }
        else
        {
            Fail(id, failure ?? Failure.Trouble);
        }

        _visits.Signal();
    }

    private static Socket Connected(SafeSocketHandle handle)
    {
        var socket = new Socket(handle);
        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.NoDelay = true;      // a record is sent when it is whole, and there is nothing to wait for
        }

        return socket;
    }

    private void Fail(byte[] id, string why) => _daemon.Say([.. "bad "u8, .. id, .. Encoding.ASCII.GetBytes($" {why}")]);

    private void ComplainSeldom(string what)
    {
        lock (_complaints)
        {
            if (_complaints.MaySpeak(out var swallowed))
            {
                Complain(swallowed == 0 ? what : $"{what} (and {swallowed} more before it)");
            }
        }
    }

    private static void Complain(string what) => Output.Complain($"superserver-tls: {what}");
}
