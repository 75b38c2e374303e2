using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Tls;

/// <summary>Clients who show who they are.</summary>
public sealed class ClientCertificateTests(TlsHouse house) : IClassFixture<TlsHouse>
{
    [Theory]
    [InlineData("optional")]
    [InlineData("required")]
    public void Who_shows_a_good_certificate_is_known_to_the_program(string asked)
    {
        using var daemon = Worker(asked);
        using var certificate = house.Root.Client("CN=\"Ada, O=\u00c4\", O=Guild");

        using var guest = TlsGuest.At(daemon).ShakeHands(shows: certificate);
        var ready = daemon.Hear().Split('\0');

        Assert.Contains($"SSL_PEER_CERT_HASH=SHA256:{Convert.ToHexStringLower(SHA256.HashData(certificate.RawData))}", ready);
        Assert.Contains($"SSL_PEER_CERT_SERIAL={certificate.SerialNumber}", ready);
        Assert.Contains("SSL_PEER_CERT_ISSUER=CN=Root", ready);
        Assert.Single(ready, line => line.StartsWith("SSL_PEER_CERT_SUBJECT=", StringComparison.Ordinal)
            && line.Contains("O=Guild", StringComparison.Ordinal) && line.Contains("\\u00C4", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_shows_one_that_an_intermediate_authority_has_signed_is_known_too()
    {
        using var daemon = Worker("required");
        using var certificate = house.Between.Client("CN=Ada");

        using var guest = TlsGuest.At(daemon).ShakeHands(shows: certificate);

        Assert.StartsWith("ready run-1", daemon.Hear(), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_comes_again_is_known_again()
    {
        using var daemon = Worker("required");
        using var certificate = house.Between.Client("CN=Ada");
        for (var time = 0; time < 3; time++)
        {
            using var guest = TlsGuest.At(daemon).ShakeHands(shows: certificate);
            Assert.Contains("SSL_PEER_CERT_SUBJECT=CN=Ada", daemon.Hear(), StringComparison.Ordinal);
            guest.Program.Dispose();
            Assert.Equal("", guest.ReadToEnd());
            guest.Dispose();
            Assert.Equal("done run-1", daemon.Hear());
        }
    }

    [Fact]
    public void Who_shows_none_is_turned_away_when_one_is_required()
    {
        using var daemon = Worker("required");
        using var guest = TlsGuest.At(daemon);

        Come(guest, shows: null);

        Assert.Equal("bad run-1 no-certificate", daemon.Hear());
        Assert.Equal(0, guest.Program.Receive(new byte[1]));
    }

    [Fact]
    public void Who_shows_none_is_nobody_when_it_is_optional()
    {
        using var daemon = Worker("optional");

        using var guest = TlsGuest.At(daemon).ShakeHands();

        Assert.DoesNotContain("SSL_PEER", daemon.Hear(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("required", "stranger")]
    [InlineData("optional", "stranger")]
    [InlineData("required", "expired")]
    [InlineData("required", "server")]
    [InlineData("required", "self")]
    public void Who_shows_one_that_is_not_good_is_turned_away(string asked, string fault)
    {
        using var daemon = Worker(asked);
        using var guest = TlsGuest.At(daemon);
        using var certificate = fault switch
        {
            "stranger" => Authority.Root("Root").Client("CN=Ada"),
            "expired" => house.Root.Client("CN=Ada", days: 0),
            "server" => house.Root.ClientWithAServersPurpose("CN=Ada"),
            _ => Authority.Root("Ada").Certificate,
        };

        Come(guest, certificate);

        Assert.Equal("bad run-1 bad-certificate", daemon.Hear());
        Assert.Equal(0, guest.Program.Receive(new byte[1]));
    }

    [Fact]
    public void Nobody_is_asked_for_a_certificate_when_none_is_wanted()
    {
        using var daemon = house.Worker();
        using var certificate = house.Root.Client("CN=Ada");

        using var guest = TlsGuest.At(daemon).ShakeHands(shows: certificate);

        Assert.DoesNotContain("SSL_PEER", daemon.Hear(), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_several_is_told_which_authorities_count()
    {
        using var daemon = Worker("optional");
        using var listener = Sockets.Listener();
        using var client = Tool.Start("openssl", "s_client", "-connect", $"127.0.0.1:{Sockets.Port(listener)}");
        using var program = TlsGuest.ProgramOf(daemon, listener.Accept());
        _ = daemon.Hear();

        program.Dispose();

        Assert.Matches("Acceptable client certificate CA names\n(.*\n)?CN ?= ?Root\n", client.Said());
    }

    private PoolDaemon Worker(string asked) => house.Worker(("client_certificates", asked), ("client_ca", house.Authorities));

    // With TLS 1.3 a client learns only when he reads that he was turned away.
    private static void Come(TlsGuest guest, X509Certificate2? shows)
    {
        try
        {
            _ = guest.ShakeHands(shows: shows).Tls.ReadByte();
        }
        catch (Exception turned) when (turned is IOException or AuthenticationException)
        {
        }
    }
}
