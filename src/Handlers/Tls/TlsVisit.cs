using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using SuperServer.Handlers.Serving;
using SuperServer.Handlers.Visits;

namespace SuperServer.Handlers.Tls;

/// <summary>One client who speaks TLS: the handshake under a deadline, word to the daemon, and then his bytes until the end.</summary>
internal sealed class TlsVisit(Socket client, Socket program, TlsOptions options, Certificates certificates)
{
    private const byte AlertRecord = 0x15;
    private const byte HandshakeRecord = 0x16;
    private const byte MajorVersion = 3;

    private readonly ClientPolicy _policy = new(options, certificates);

    /// <param name="timeout">For the handshake.</param>
    /// <param name="ready">Called when the program may start.</param>
    /// <returns>Why there was no handshake; null when there was one and the connection is over now. Both sockets are closed.</returns>
    public async Task<string?> Run(TimeSpan timeout, Action<SslStream> ready)
    {
        using (client)
        using (program)
        using (var tls = new OrderlyTls(new SocketStream(client), leaveInnerStreamOpen: true))
        {
            if (await Greet(tls, timeout).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }

            ready(tls);
            await new Relay(client, tls, program).Run().ConfigureAwait(false);
            return null;
        }
    }

    private async Task<string?> Greet(SslStream tls, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            if (await Objection(deadline.Token).ConfigureAwait(false) is { } objection)
            {
                return objection;
            }

            await tls.AuthenticateAsServerAsync(Choose, state: null, deadline.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return Failure.Timeout;
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            return Failure.Closed;
        }
        catch (Exception broken) when (broken is AuthenticationException or CryptographicException or InvalidOperationException
            or NotSupportedException or ArgumentException)
        {
            return _policy.Objection ?? Failure.Handshake;
        }
    }

    // Looked at, not taken: who speaks HTTP to this port gets a word of his own in the log.
    private async Task<string?> Objection(CancellationToken deadline)
    {
        var first = new byte[2];
        var got = await client.ReceiveAsync(first.AsMemory(), SocketFlags.Peek, deadline).ConfigureAwait(false);
        return got == 0 ? Failure.Closed
            : first[0] is HandshakeRecord or AlertRecord && (got == 1 || first[1] == MajorVersion) ? null
            : Failure.NotTls;
    }

    private ValueTask<SslServerAuthenticationOptions> Choose(
        SslStream tls, SslClientHelloInfo hello, object? state, CancellationToken deadline) => ValueTask.FromResult(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificates.For(hello.ServerName),
                EnabledSslProtocols = options.Protocols,
                AllowRenegotiation = false,
                AllowTlsResume = !options.AsksClients,      // a resumed session knows the client's certificate without its chain
                ClientCertificateRequired = options.AsksClients,
                CertificateChainPolicy = options.AsksClients ? _policy.Chain() : null,
                RemoteCertificateValidationCallback = options.AsksClients ? (_, _, _, errors) => _policy.MayEnter(errors) : null,
            });
}
