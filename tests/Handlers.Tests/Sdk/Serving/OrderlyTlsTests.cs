using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.Tests.Sdk.Serving;

/// <summary>Both ends of a connection with TLS, each of which ends its side while it is reading.</summary>
public sealed class OrderlyTlsTests
{
    private const int Rounds = 20;
    private const int Length = 50_000;

    private static CancellationToken Soon => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task A_side_may_be_ended_while_the_other_one_is_read()
    {
        using var certificate = Certificate();
        for (var round = 0; round < Rounds; round++)
        {
            var (near, far) = await Connect();
            await using var client = new OrderlyTls(near);
            await using var server = new OrderlyTls(far);

            var heard = await Task.WhenAll(Ask(client), Answer(server, certificate));
            Assert.Equal([Length, 5], heard);
        }
    }

    private static async Task<int> Ask(OrderlyTls client)
    {
        await client.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, seen, _, _) => seen?.Subject == "CN=localhost" },
            Soon);
        var counts = await Task.WhenAll(ReadAll(client), Say(client));
        return counts.Sum();
    }

    // It has much to say, so that the client is at work on it when it ends its own side.
    private static async Task<int> Answer(OrderlyTls server, X509Certificate2 certificate)
    {
        await server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Soon);
        await server.WriteAsync(new byte[Length], Soon);
        await server.ShutdownAsync();
        return await ReadAll(server);
    }

    private static async Task<int> Say(OrderlyTls client)
    {
        await client.WriteAsync(Encoding.ASCII.GetBytes("hello"), Soon);
        await EndSide(client);
        return 0;
    }

    // "Not now": what a server says after the handshake is half read.
    private static async Task EndSide(OrderlyTls tls)
    {
        while (true)
        {
            try
            {
                await tls.ShutdownAsync();
                return;
            }
            catch (CryptographicException)
            {
                await Task.Delay(5, Soon);
            }
        }
    }

    private static async Task<int> ReadAll(OrderlyTls tls)
    {
        var all = 0;
        var buffer = new byte[4096];
        for (int got; (got = await tls.ReadAsync(buffer, Soon)) > 0;)
        {
            all += got;
        }

        return all;
    }

    private static async Task<(NetworkStream Near, NetworkStream Far)> Connect()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var near = new TcpClient();
        await near.ConnectAsync((System.Net.IPEndPoint)listener.LocalEndpoint, Soon);
        return (near.GetStream(), (await listener.AcceptTcpClientAsync(Soon)).GetStream());
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }
}
