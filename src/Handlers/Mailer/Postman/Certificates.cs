using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Which certificate of a mail server is good: one the system trusts for that name. Only that nobody could be asked whether it
/// was revoked is forgiven, for hosts that alert often reach nothing but their mail server.
/// </summary>
internal static class Certificates
{
    private const X509ChainStatusFlags NobodyToAsk = X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    public static bool IsGood(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => errors switch
    {
        SslPolicyErrors.None => true,
        SslPolicyErrors.RemoteCertificateChainErrors => chain is { ChainStatus.Length: > 0 } && chain.ChainStatus.All(IsForgiven),
        _ => false,
    };

    private static bool IsForgiven(X509ChainStatus status) => (status.Status & ~NobodyToAsk) == 0;
}
