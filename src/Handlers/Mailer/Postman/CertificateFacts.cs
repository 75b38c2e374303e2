using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SuperServer.Handlers.Mailer;

/// <summary>What the certificate of a mail server says of itself, for whoever tests the way there.</summary>
internal static class CertificateFacts
{
    private const int Longest = 200;
    private const int MostNames = 5;

    /// <param name="witness">Who hears of it.</param>
    /// <param name="certificate">The server's.</param>
    /// <param name="whyNot">Why it is not believed; null when it is.</param>
    public static void Tell(Witness witness, X509Certificate certificate, string? whyNot)
    {
        using var ours = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var (subject, issuer) = (Clean.Text(ours.Subject, Longest), Clean.Text(ours.Issuer, Longest));
        var names = Clean.Text(string.Join(", ", Names(ours)), Longest);
        var until = ours.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var sha256 = ours.GetCertHashString(HashAlgorithmName.SHA256);
        witness.Hear(
            "certificate",
            $"{subject}{(names.Length > 0 ? $" for {names}" : "")}, from {issuer}, until {until[..10]}"
            + (whyNot is null ? "" : $"; NOT GOOD: {whyNot}; its SHA-256 is {sha256}"),
            ("subject", subject), ("names", names), ("issuer", issuer), ("until", until), ("sha256", sha256), ("not_good", whyNot ?? ""));
    }

    private static IEnumerable<string> Names(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Take(MostNames);
}
