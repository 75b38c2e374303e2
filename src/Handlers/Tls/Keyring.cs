using System.Globalization;

namespace SuperServer.Handlers.Tls;

/// <summary>
/// The certificates, and a look at their files when somebody comes, once a second at most: who renews them need tell nobody. New ones that
/// cannot be used change nothing: the old ones stay, and the log says why. Belongs to one thread.
/// </summary>
internal sealed class Keyring(TlsOptions options, TimeProvider clock, Action<string> say)
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private Certificates? _certificates;
    private string _seen = "";
    private string _lastMistake = "";
    private long? _looked;

    /// <summary>Null as long as there have been none that can be used.</summary>
    public Certificates? Current
    {
        get
        {
            if (_looked is not { } last || clock.GetElapsedTime(last) >= _pause)
            {
                _looked = clock.GetTimestamp();
                Look();
            }

            return _certificates;
        }
    }

    // Without a mistake only what has changed is read; after one, everything: a change of rights does not show.
    private void Look()
    {
        var seen = Stamp();
        if (seen == _seen && _lastMistake.Length == 0)
        {
            return;
        }

        try
        {
            var isRenewal = _certificates is not null;
            _certificates = Certificates.Load(options);
            (_seen, _lastMistake) = (seen, "");
            Tell(_certificates, isRenewal);
        }
        catch (CertificateException mistake)
        {
            Complain(mistake.Message);
        }
    }

    private void Complain(string mistake)
    {
        if (mistake != _lastMistake)
        {
            _lastMistake = mistake;
            say(_certificates is null
                ? $"{mistake}; until that is mended clients are turned away"
                : $"{mistake}; the certificates that were read before go on serving");
        }
    }

    private void Tell(Certificates certificates, bool isRenewal)
    {
        foreach (var context in certificates.Hosts.Values.Prepend(certificates.Usual))
        {
            var certificate = context.TargetCertificate;
            var end = certificate.NotAfter.ToUniversalTime();
            var date = end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (end <= clock.GetUtcNow())
            {
                say($"the certificate of {Subject(certificate.Subject)} has expired on {date}; clients will not accept it");
            }
            else if (isRenewal)
            {
                say($"read again: the certificate of {Subject(certificate.Subject)}, valid until {date}");
            }
        }
    }

    private static string Subject(string text) => HandlerOptions.Printable(text);

    private string Stamp() => string.Join('\n', Paths().Select(path =>
    {
        var file = new FileInfo(path);
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{target.FullName} {target.LastWriteTimeUtc.Ticks} {target.Length}")
            : path;
    }));

    private IEnumerable<string> Paths() => options.Hosts.Values.Prepend(options.Files)
        .SelectMany(files => (string[])[files.Certificate, files.Key])
        .Append(options.ClientAuthorities)
        .Where(path => path.Length > 0);
}
