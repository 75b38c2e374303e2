using System.Security.Authentication;

namespace SuperServer.Handlers.Tls;

/// <summary>Where a certificate with its chain, and its key, are kept. One file may hold both.</summary>
internal sealed record CertificateFiles(string Certificate, string Key);

/// <summary>What the service's table <c>tls</c> says, in values that can be used.</summary>
internal sealed record TlsOptions
{
    private const SslProtocols Both = SslProtocols.Tls12 | SslProtocols.Tls13;

    public const string None = "none";
    public const string Optional = "optional";
    public const string Required = "required";

    /// <summary>For clients who name no host, or one that is not among <see cref="Hosts"/>.</summary>
    public required CertificateFiles Files { get; init; }

    /// <summary>By the name that a client asks for (SNI), whatever its capitals; <c>*.example.org</c> stands for one label before it.</summary>
    public required IReadOnlyDictionary<string, CertificateFiles> Hosts { get; init; }

    /// <summary>Whether clients have to show a certificate: one of the three words above.</summary>
    public required string ClientCertificates { get; init; }

    /// <summary>The file with the authorities that may have signed clients' certificates; empty when none are asked for.</summary>
    public required string ClientAuthorities { get; init; }

    public required SslProtocols Protocols { get; init; }

    /// <summary>At most this long; the daemon may have said less.</summary>
    public required TimeSpan HandshakeTimeout { get; init; }

    public bool AsksClients => ClientCertificates != None;

    public static TlsOptions Read(HandlerOptions options)
    {
        var read = new TlsOptions
        {
            Files = Pair(options),
            Hosts = Named(options),
            ClientCertificates = options.Choice("client_certificates", None, None, Optional, Required),
            ClientAuthorities = options.Text("client_ca", ""),
            Protocols = options.Choice("min_version", "1.2", "1.2", "1.3") == "1.3" ? SslProtocols.Tls13 : Both,
            HandshakeTimeout = options.Duration("handshake_timeout", TimeSpan.FromHours(1)),
        };
        options.Leave("user", "group", "groups");
        if (read.AsksClients && read.ClientAuthorities.Length == 0)
        {
            options.Refuse("client_ca", "is missing: whose signature makes a client's certificate good?", 0);
        }

        return read;
    }

    private static CertificateFiles Pair(HandlerOptions options)
    {
        var certificate = options.Text("certificate", "");
        return certificate.Length == 0
            ? options.Refuse("certificate", "is missing: the path of a PEM file", new CertificateFiles("", options.Text("key", "")))
            : new CertificateFiles(certificate, options.Text("key", certificate));
    }

    private static Dictionary<string, CertificateFiles> Named(HandlerOptions options)
    {
        var hosts = new Dictionary<string, CertificateFiles>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, own) in options.Tables("hosts"))
        {
            if (!hosts.TryAdd(name, Pair(own)))
            {
                options.Refuse("hosts", $"has '{HandlerOptions.Printable(name)}' twice; capitals make no other host", 0);
            }
        }

        return hosts;
    }
}
