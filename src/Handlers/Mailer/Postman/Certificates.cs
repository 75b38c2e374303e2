using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Which certificate of a mail server is good: the pinned one, or one that the system, or the given authorities, trust for that
/// name. Only that nobody could be asked whether it was revoked is forgiven, for hosts that alert often reach nothing but their
/// mail server.
/// </summary>
internal sealed class Certificates(SmtpSettings settings)
{
    private const X509ChainStatusFlags NobodyToAsk = X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    private readonly string? _pin = settings.Pin?.Replace(":", "", StringComparison.Ordinal);

    public bool IsGood(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate switch
    {
        null => false,
        _ when _pin is not null => string.Equals(certificate.GetCertHashString(HashAlgorithmName.SHA256), _pin, StringComparison.OrdinalIgnoreCase),
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => false,
        _ when settings.AuthorityFile is { } file => IsSignedBy(file, certificate, chain),
        _ => errors == SslPolicyErrors.None || IsForgiven(chain),
    };

    /// <summary>In words, what is wrong with one that is not good.</summary>
    public string WhyNot(X509Chain? chain, SslPolicyErrors errors) => (_pin, errors) switch
    {
        (not null, _) => "it is not the pinned one",
        (_, var mismatch) when mismatch.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => $"it is not for {Clean.Text(settings.Host, 100)}",
        _ when settings.AuthorityFile is { } file => $"it is not signed by an authority in {file}, or out of date",
        _ => chain is { ChainStatus.Length: > 0 }
            ? Clean.Text(string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct()), 200)
            : "nobody who is trusted here has signed it",
    };

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

    private static bool IsSignedBy(string file, X509Certificate certificate, X509Chain? chain)
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
        return own.Build(ours);
    }

    private static bool IsForgiven(X509Chain? chain) =>
        chain is { ChainStatus.Length: > 0 } && chain.ChainStatus.All(status => (status.Status & ~NobodyToAsk) == 0);
}
