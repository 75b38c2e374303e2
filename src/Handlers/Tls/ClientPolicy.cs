using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SuperServer.Handlers.Visits;

namespace SuperServer.Handlers.Tls;

/// <summary>
/// Whether a client may come in with the certificate that he shows, or with none. Signed by one of our authorities, in time, and meant for
/// clients: nothing is fetched for it from anywhere, so nobody is asked whether it was revoked.
/// </summary>
internal sealed class ClientPolicy(TlsOptions options, Certificates certificates)
{
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    /// <summary>Why he may not; null when he may.</summary>
    public string? Objection { get; private set; }

    public X509ChainPolicy Chain()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ForClients));
        foreach (var authority in certificates.Authorities)
        {
            (Certificates.IsSelfSigned(authority) ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        }

        return policy;
    }

    public bool MayEnter(SslPolicyErrors errors)
    {
        var showsNone = errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
        Objection = showsNone ? options.ClientCertificates == TlsOptions.Required ? Failure.NoCertificate : null
            : errors == SslPolicyErrors.None ? null
            : Failure.BadCertificate;
        return Objection is null;
    }
}
