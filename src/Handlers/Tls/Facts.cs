using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SuperServer.Handlers.Tls;

/// <summary>
/// What the program learns of the connection that is decrypted for it: variables, in printable ASCII and none of them long. What is not
/// known, or is longer, is not set: a text that was cut would be another one.
/// </summary>
internal static class Facts
{
    private const int Longest = 1000;
    private const int LongestName = 253;
    private static readonly SearchValues<char> _ofNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");

    /// <summary><c>ready ID</c>, and the variables, each behind a NUL.</summary>
    public static byte[] Ready(ReadOnlySpan<byte> id, SslStream tls)
    {
        var text = new StringBuilder($"ready {Encoding.ASCII.GetString(id)}");
        foreach (var (name, value) in Of(tls))
        {
            if (value.Length is > 0 and <= Longest)
            {
                text.Append(CultureInfo.InvariantCulture, $"\0{name}={value}");
            }
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>In printable ASCII: all other characters as \uXXXX and a backslash doubled, so that no two texts become the same.</summary>
    public static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            _ = character switch
            {
                '\\' => printable.Append(@"\\"),
                >= ' ' and <= '~' => printable.Append(character),
                _ => printable.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
            };
        }

        return printable.ToString();
    }

    private static IEnumerable<(string Name, string Value)> Of(SslStream tls)
    {
        yield return ("SSL_PROTOCOL", tls.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2");
        yield return ("SSL_CIPHER", tls.NegotiatedCipherSuite.ToString());
        yield return ("SSL_TLS_SNI_SERVERNAME", HostName(tls.TargetHostName));
        if (tls.RemoteCertificate is X509Certificate2 certificate)
        {
            yield return ("SSL_PEER_CERT_HASH", $"SHA256:{certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}");
            yield return ("SSL_PEER_CERT_SUBJECT", Printable(certificate.Subject));
            yield return ("SSL_PEER_CERT_ISSUER", Printable(certificate.Issuer));
            yield return ("SSL_PEER_CERT_SERIAL", certificate.SerialNumber);
        }
    }

    private static string HostName(string name)
    {
        var lower = name.ToLowerInvariant();
        return lower.Length <= LongestName && !lower.AsSpan().ContainsAnyExcept(_ofNames) ? lower : "";
    }
}
