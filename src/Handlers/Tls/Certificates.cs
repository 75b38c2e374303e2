using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SuperServer.Handlers.Tls;

/// <summary>All certificates of a service as they stood in their files at one moment.</summary>
internal sealed record Certificates(
    SslStreamCertificateContext Usual,
    IReadOnlyDictionary<string, SslStreamCertificateContext> Hosts,
    X509Certificate2Collection Authorities)
{
    /// <exception cref="CertificateException">One of them cannot be used; says which, and what to do.</exception>
    public static Certificates Load(TlsOptions options)
    {
        var authorities = options.AsksClients ? Several(options.ClientAuthorities) : [];
        if (options.AsksClients && !authorities.Any(IsSelfSigned))
        {
            throw new CertificateException($"'{options.ClientAuthorities}' holds no root: a certificate that is signed by itself");
        }

        var trust = options.AsksClients ? SslCertificateTrust.CreateForX509Collection(authorities, sendTrustInHandshake: true) : null;
        return new Certificates(
            Pair(options.Files, trust),
            options.Hosts.ToDictionary(host => host.Key, host => Pair(host.Value, trust), StringComparer.OrdinalIgnoreCase),
            authorities);
    }

    /// <summary>What is shown to a client who asks for this host; all clients who ask for none get the usual one.</summary>
    public SslStreamCertificateContext For(string host) =>
        Hosts.GetValueOrDefault(host) ?? Hosts.GetValueOrDefault($"*{DomainOf(host)}") ?? Usual;

    private static string DomainOf(string host) =>
        host.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? host[dot..] : "";

    public static bool IsSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static SslStreamCertificateContext Pair(CertificateFiles files, SslCertificateTrust? trust)
    {
        var chain = Several(files.Certificate);
        var certificate = WithKey(files, File(files.Key));
        return SslStreamCertificateContext.Create(certificate, chain, offline: true, trust);
    }

    private static X509Certificate2 WithKey(CertificateFiles files, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(File(files.Certificate), key);
        }
        catch (Exception unfit) when (unfit is CryptographicException or ArgumentException)
        {
            throw new CertificateException(
                $"'{files.Key}' holds no private key, without a password, that belongs to the first certificate of '{files.Certificate}'");
        }
    }

    private static X509Certificate2Collection Several(string path)
    {
        var several = new X509Certificate2Collection();
        try
        {
            several.ImportFromPem(File(path));
        }
        catch (CryptographicException)
        {
            several.Clear();
        }

        return several.Count > 0 ? several : throw new CertificateException($"'{path}' holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    }

    private static string File(string path)
    {
        try
        {
            return System.IO.File.ReadAllText(path);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CertificateException($"'{path}' may not be read by this user");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertificateException($"'{path}' is not there");
        }
        catch (IOException error)
        {
            throw new CertificateException($"'{path}' cannot be read: {error.Message}");
        }
    }
}

/// <summary>A certificate or a key cannot be used. The message is for people, and never holds what the file holds.</summary>
internal sealed class CertificateException(string message) : Exception(message);
