using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Which certificate of a server is good: the pinned one, or one that the system, or the given authorities, trust for that
/// name. Only that nobody could be asked whether it was revoked is forgiven, for hosts that alert often reach nothing but their
/// mail server.
/// </summary>
internal sealed class Certificates(string host, string? pin, string? authorityFile)
{
    private const X509ChainStatusFlags NobodyToAsk = X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    private readonly string? _pin = pin?.Replace(":", "", StringComparison.Ordinal);

    /// <summary>In words, what is wrong with the certificate that was shown last; null when it is good.</summary>
    public string? Objection { get; private set; }

    public bool IsGood(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Objection = certificate is null ? "there is no certificate" : ObjectTo(certificate, chain, errors);
        return Objection is null;
    }

    private string? ObjectTo(X509Certificate certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_pin is not null)
        {
            var isIt = string.Equals(certificate.GetCertHashString(HashAlgorithmName.SHA256), _pin, StringComparison.OrdinalIgnoreCase);
            return isIt ? null : "it is not the pinned one";
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? $"it is not for {Clean.Text(host, 100)}"
            : authorityFile is { } file ? ObjectToSigner(file, certificate, chain)
            : errors == SslPolicyErrors.None || IsForgiven(chain) ? null
            : Faults(chain) ?? "nobody who is trusted here has signed it";
    }

    /// <summary>What a certificate that was not good says of itself, for the one who has to put it right.</summary>
    public static string Describe(X509Certificate? certificate)
    {
        if (certificate is null)
        {
            return "";
        }

        using var ours = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var names = ours.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Take(5).ToList();
        return $" (the certificate is for {(names.Count > 0 ? string.Join(", ", names) : ours.Subject)}, from {ours.Issuer}; "
            + $"its SHA-256 is {ours.GetCertHashString(HashAlgorithmName.SHA256)})";
    }

    private static string? ObjectToSigner(string file, X509Certificate certificate, X509Chain? chain)
    {
        try
        {
            using var own = new X509Chain();
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.CustomTrustStore.ImportFromPemFile(file);
            own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;     // a house's own authority rarely has anybody to ask
            if (chain is not null)
            {
                own.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(element => element.Certificate).ToArray());
            }

            using var ours = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            return own.ChainPolicy.CustomTrustStore.Count == 0 ? $"there is no certificate in 'ca_file' {file}"
                : own.Build(ours) ? null
                : own.ChainStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid) ? "it has expired, or is not valid yet"
                : $"it is not signed by an authority in {file}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"'ca_file' cannot be read: {error.Message}";
        }
    }

    private static string? Faults(X509Chain? chain) => chain is { ChainStatus.Length: > 0 }
        ? Clean.Text(string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct()), 100)
        : null;

    private static bool IsForgiven(X509Chain? chain) =>
        chain is { ChainStatus.Length: > 0 } && chain.ChainStatus.All(status => (status.Status & ~NobodyToAsk) == 0);
}
