using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>Signs certificates for mail servers, good ones and others.</summary>
internal sealed class Authority : IDisposable
{
    private static readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

    private readonly X509Certificate2 _own = Sign("CN=an authority", null, _now.AddYears(-2), _now.AddYears(1), null);

    /// <summary>A certificate for this machine that has signed itself.</summary>
    public static X509Certificate2 Nobody { get; } = Sign("CN=127.0.0.1", "127.0.0.1", _now.AddDays(-1), _now.AddDays(1), null);

    public string Pem => _own.ExportCertificatePem();

    public X509Certificate2 For(string name, int daysLeft = 1) =>
        Sign($"CN={name}", name, _now.AddDays(daysLeft - 300), _now.AddDays(daysLeft), _own);

    public void Dispose() => _own.Dispose();

    private static X509Certificate2 Sign(string subject, string? name, DateTimeOffset from, DateTimeOffset to, X509Certificate2? signer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(name is null, false, 0, true));
        if (name is not null)
        {
            request.CertificateExtensions.Add(Names(name));
        }

        if (signer is null)
        {
            return request.CreateSelfSigned(from, to);
        }

        using var signed = request.Create(signer, from, to, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    private static X509Extension Names(string name)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        return names.Build();
    }
}
