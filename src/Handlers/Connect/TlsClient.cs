using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.Connect;

/// <summary>Speaks TLS over a connection, and makes sure with whom; who wants to go on all the same is told loudly what is wrong.</summary>
internal sealed class TlsClient(ConnectWishes wishes, Action<string> tell, Action<string> warn)
{
    private string? _objection;

    private string Name => wishes.ServerName ?? wishes.Host;

    /// <summary>The stream in clear text, or why there is none.</summary>
    public (Stream? Stream, ConnectFailure? Failure) Wrap(Stream connection)
    {
        var (policy, unreadable) = Policy();
        if (unreadable is not null)
        {
            return (null, unreadable);
        }

        var stream = new OrderlyTls(connection);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = Name,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(certificate, chain, errors),
            CertificateChainPolicy = policy,
        };
        try
        {
            using var patience = new CancellationTokenSource(wishes.Timeout);
            stream.AuthenticateAsClientAsync(options, patience.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return (null, new ConnectFailure(ConnectExit.Timeout, $"no TLS within {wishes.Timeout.TotalSeconds} s: does it speak TLS at all?"));
        }
        catch (Exception e) when (e is AuthenticationException or IOException or InvalidOperationException or SocketException)
        {
            return (null, new ConnectFailure(ConnectExit.Protocol, _objection is { } why
                ? $"{why}\n--ca FILE names whom to trust, --sni NAME whom to expect; --insecure goes on all the same"
                : "no TLS came about: the other side speaks something else, or nothing that we would accept"));
        }

        Describe(stream);
        return (stream, null);
    }

    private (X509ChainPolicy? Policy, ConnectFailure? Failure) Policy()
    {
        if (wishes.AuthorityFile is not { } file)
        {
            return (null, null);
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, new ConnectFailure(ConnectExit.NoInput, $"--ca: '{file}' cannot be read"));
        }

        return policy.CustomTrustStore.Count > 0 ? (policy, null)
            : (null, new ConnectFailure(ConnectExit.NoInput, $"--ca: there is no certificate in '{file}' (PEM is expected)"));
    }

    private bool Judge(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        _objection = $"the certificate is not to be trusted: {string.Join("; ", Objections(certificate, chain, errors))}";
        if (!wishes.Insecure)
        {
            return false;
        }

        warn($"WARNING: {_objection}. NOBODY KNOWS WHO IS AT THE OTHER END (--insecure).");
        return true;
    }

    private IEnumerable<string> Objections(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            yield return "there is none";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            yield return $"it is not for '{Name}' but for {Names(certificate)}";
        }

        foreach (var status in (chain?.ChainStatus ?? []).Select(status => status.Status).Distinct())
        {
            yield return Word(status);
        }
    }

    private static string Word(X509ChainStatusFlags status) => status switch
    {
        X509ChainStatusFlags.UntrustedRoot => "its issuer is nobody whom this machine trusts",
        X509ChainStatusFlags.PartialChain => "nobody whom this machine trusts has issued it, or a certificate between is missing",
        X509ChainStatusFlags.NotTimeValid => "it has expired, or is not valid yet",
        X509ChainStatusFlags.NotSignatureValid => "its signature is wrong",
        X509ChainStatusFlags.Revoked => "it has been revoked",
        X509ChainStatusFlags.NotValidForUsage => "it is not meant for servers",
        _ => $"{status}",
    };

    private static string Names(X509Certificate? certificate)
    {
        if (certificate is not X509Certificate2 known)
        {
            return "nobody";
        }

        var alternatives = known.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        var names = (alternatives?.EnumerateDnsNames() ?? []).Concat(alternatives?.EnumerateIPAddresses().Select(address => address.ToString()) ?? []);
        return string.Join(", ", names) is { Length: > 0 } all ? all : known.Subject;
    }

    private void Describe(SslStream stream)
    {
        tell($"{Version(stream.SslProtocol)}, {stream.NegotiatedCipherSuite}");
        if (stream.RemoteCertificate is X509Certificate2 certificate)
        {
            tell($"certificate for {Names(certificate)}");
            tell($"issued by {certificate.Issuer}, valid from {Day(certificate.NotBefore)} to {Day(certificate.NotAfter)}");
            tell($"SHA-256 {certificate.GetCertHashString(HashAlgorithmName.SHA256)}");
        }
    }

    /// <summary>"Tls13" as people write it.</summary>
    private static string Version(SslProtocols protocol) => $"{protocol}".Replace("Tls1", "TLS 1.", StringComparison.Ordinal);

    private static string Day(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
