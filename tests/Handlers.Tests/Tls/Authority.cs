using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SuperServer.Handlers.Tests.Tls;

/// <summary>Somebody who signs certificates: a root, or one that a root has signed.</summary>
internal sealed class Authority
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;
    private readonly Authority? _above;

    private Authority(X509Certificate2 certificate, Authority? above)
    {
        _certificate = certificate;
        _above = above;
    }

    public X509Certificate2 Certificate => _certificate;

    public string Pem => _certificate.ExportCertificatePem() + "\n";

    public static Authority Root(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key);
        return new Authority(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30)), above: null);
    }

    public Authority Intermediate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = Sign(Request(name, key), DateTimeOffset.UtcNow.AddDays(20));
        return new Authority(signed.CopyWithPrivateKey(key), this);
    }

    /// <summary>A server's certificate with those that lead to the root, and its key, in PEM.</summary>
    public (string Chain, string Key) Server(string host, bool usesRsa = false, int days = 10)
    {
        using AsymmetricAlgorithm key = usesRsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = key is RSA rsa
            ? new CertificateRequest($"CN={host}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={host}", (ECDsa)key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(Usage(ForServers));
        var chain = Sign(request, DateTimeOffset.UtcNow.AddDays(days)).ExportCertificatePem() + "\n";
        return (chain + (_above is null ? "" : Pem), key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public X509Certificate2 Client(string subject, int days = 10, string usage = ForClients)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(Usage(usage));
        return Sign(request, DateTimeOffset.UtcNow.AddDays(days)).CopyWithPrivateKey(key);
    }

    public X509Certificate2 ClientWithAServersPurpose(string subject) => Client(subject, usage: ForServers);

    private static X509EnhancedKeyUsageExtension Usage(string purpose) => new([new Oid(purpose)], critical: false);

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset end) =>
        request.Create(
            _certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_certificate.GetECDsaPrivateKey()!),
            DateTimeOffset.UtcNow.AddHours(-12),
            end,
            RandomNumberGenerator.GetBytes(12));
}
