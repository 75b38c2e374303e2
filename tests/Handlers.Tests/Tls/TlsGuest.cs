using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Tls;

/// <summary>A client who visits the worker, and the program's end of the socket on which the worker speaks clear text.</summary>
internal sealed class TlsGuest : IDisposable
{
    private TlsGuest(Socket client, Socket program)
    {
        Client = client;
        Program = program;
    }

    public Socket Client { get; }

    /// <summary>What the service's program has on 0.</summary>
    public Socket Program { get; }

    public SslStream Tls { get; private set; } = null!;

    /// <summary>The name in the certificate that the server showed.</summary>
    public string ServerName { get; private set; } = "";

    /// <summary>What is wrong with it, as this client sees it.</summary>
    public SslPolicyErrors Errors { get; private set; }

    public static TlsGuest At(PoolDaemon daemon, string id = "run-1", int timeout = 10_000)
    {
        var (client, accepted) = Sockets.Pair();
        return Visit(daemon, id, timeout, client, accepted);
    }

    public static TlsGuest At(PoolDaemon daemon, Socket listener, string id = "run-1")
    {
        var (client, accepted) = Sockets.Pair(listener);
        return Visit(daemon, id, 10_000, client, accepted);
    }

    /// <summary>A connection that somebody else has made.</summary>
    public static Socket ProgramOf(PoolDaemon daemon, Socket accepted, string id = "run-1")
    {
        using var none = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        return Visit(daemon, id, 10_000, none, accepted).Program;
    }

    public TlsGuest ShakeHands(
        string host = "www.example.org", SslProtocols protocols = SslProtocols.None, Authority? trusts = null, X509Certificate2? shows = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        if (trusts is not null)
        {
            policy.CustomTrustStore.Add(trusts.Certificate);
        }

        Tls = new SslStream(new NetworkStream(Client));
        Tls.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = protocols,
            CertificateChainPolicy = policy,
            ClientCertificateContext = shows is null ? null : SslStreamCertificateContext.Create(shows, null, offline: true),
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => Note(certificate!, errors),
        });
        return this;
    }

    /// <summary>Says that nothing more will come, and goes on listening.</summary>
    public void End() => Tls.ShutdownAsync().GetAwaiter().GetResult();

    public string Read(int length)
    {
        var buffer = new byte[length];
        Tls.ReadExactly(buffer);
        return Encoding.ASCII.GetString(buffer);
    }

    public string ReadToEnd()
    {
        using var reader = new StreamReader(Tls, leaveOpen: true);
        return reader.ReadToEnd();
    }

    public void Reset()
    {
        Client.LingerState = new LingerOption(true, 0);
        Client.Dispose();
    }

    public void Dispose()
    {
        Tls?.Dispose();
        Client.Dispose();
        Program.Dispose();
    }

    // The tests judge, not the client.
    private bool Note(X509Certificate certificate, SslPolicyErrors errors)
    {
        ServerName = certificate.Subject;
        Errors = errors;
        return ServerName.Length > 0;
    }

    // Like the daemon: when the worker has both, neither of them is ours any more.
    private static TlsGuest Visit(PoolDaemon daemon, string id, int timeout, Socket client, Socket accepted)
    {
        Span<int> ends = stackalloc int[2];
        Assert.Equal(0, Posix.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, ends));
        using var theirs = new Socket(new SafeSocketHandle(ends[1], ownsHandle: true));
        daemon.Show(id, timeout, (int)accepted.Handle, ends[1]);
        accepted.Dispose();
        return new TlsGuest(client, new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)) { ReceiveTimeout = 10_000, SendTimeout = 10_000 });
    }
}
