using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SuperServer.EndToEnd.Harness;

/// <summary>
/// Debian's Postfix as a submission server: STARTTLS and a log-in or nothing, and all that it takes goes to one maildir. It runs from
/// where script/bootstrap has unpacked it, for no two mail servers can be installed. Only root can start it.
/// </summary>
internal sealed class Postfix : IDisposable
{
    public const int Port = 2587;
    public const string User = "alarm";
    public const string Password = "right-pa55word";

    private static readonly string _unpacked = Path.Combine(Programs.Project, "out/tools/postfix");
    private static readonly string _libraries = Path.Combine(_unpacked, "usr/lib/postfix");

    // As postfix(1) lays them out: the queues are its own, and whoever drops a mail may enter two of them.
    private static readonly string[] _queues =
        ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"];

    private readonly PrivateFolder _folder;
    private readonly Process _process;

    private Postfix(PrivateFolder folder, Process process)
    {
        _folder = folder;
        _process = process;
        Maildir = new Maildir(folder.At("mail/inbox"));
    }

    public Maildir Maildir { get; }

    /// <summary>PEM; it has signed itself, for 127.0.0.1.</summary>
    public string CertificateFile => _folder.At("postfix.crt");

    public string Log => File.Exists(_folder.At("postfix.log")) ? _folder.Read("postfix.log") : "";

    public static async Task<Postfix> Start(PrivateFolder folder)
    {
        var master = Path.Combine(_libraries, "sbin/master");
        Assert.SkipUnless(File.Exists(master), "postfix is not unpacked");
        Machine.GiveTo("somebody", folder.Create("mail"));
        MakeQueues(folder);
        MakeCertificate(folder);
        await MakeUser(folder);
        Configure(folder);
        var start = new ProcessStartInfo(master, ["-c", folder.At("postfix"), "-d"]) { WorkingDirectory = "/" };
        start.Environment["LD_LIBRARY_PATH"] = _libraries;
        var postfix = new Postfix(folder, Process.Start(start)!);
        try
        {
            await Eventually.Holds(() => IsListening, $"mail server on port {Port}");
            return postfix;
        }
        catch
        {
            postfix.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    // A look that is no connection, for those are counted. (The port, in hexadecimal, and the state LISTEN, of proc_net_tcp.)
    private static bool IsListening =>
        File.ReadLines("/proc/net/tcp").Any(line => line.Contains($":{Port:X4} 00000000:0000 0A", StringComparison.Ordinal));

    private static void MakeQueues(PrivateFolder folder)
    {
        folder.Create("queue");
        folder.Create("queue/pid");
        foreach (var name in _queues.Select(name => $"queue/{name}").Append("data"))
        {
            Machine.GiveTo("postfix", folder.Create(name));
            File.SetUnixFileMode(folder.At(name), (UnixFileMode)0b111_000_000);
        }

        foreach (var name in (string[])["queue/maildrop", "queue/public"])
        {
            Machine.GiveTo("postfix", folder.Create(name), "postdrop");
            File.SetUnixFileMode(folder.At(name), (UnixFileMode)0b111_011_000);
        }
    }

    private static void MakeCertificate(PrivateFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.example.org", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        folder.Write("postfix.crt", certificate.ExportCertificatePem());
        folder.Write("postfix.key", key.ExportPkcs8PrivateKeyPem());
    }

    private static async Task MakeUser(PrivateFolder folder)
    {
        var made = await Command.Run(
            [], Password, Deadline.Seconds, Machine.Program("saslpasswd2"), "-p", "-c", "-u", "web1", "-f", folder.At("sasldb"), User);
        made.Succeeded();
        Machine.GiveTo("postfix", folder.At("sasldb"));
    }

    private static void Configure(PrivateFolder folder)
    {
        folder.Create("postfix");
        folder.Create("postfix/sasl");
        folder.Write("postfix/sasl/smtpd.conf", $"""
            pwcheck_method: auxprop
            auxprop_plugin: sasldb
            sasldb_path: {folder.At("sasldb")}
            mech_list: PLAIN LOGIN

            """);
        folder.Write("postfix/main.cf", $"""
            compatibility_level = 3.6
            import_environment = MAIL_CONFIG MAIL_LOGTAG LD_LIBRARY_PATH={_libraries}
            export_environment = MAIL_CONFIG MAIL_LOGTAG LD_LIBRARY_PATH={_libraries}
            command_directory = {_unpacked}/usr/sbin
            daemon_directory = {_libraries}/sbin
            shlib_directory = {_libraries}
            queue_directory = {folder.At("queue")}
            data_directory = {folder.At("data")}
            setgid_group = postdrop
            maillog_file = {folder.At("postfix.log")}
            maillog_file_prefixes = /tmp
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            myhostname = mail.example.org
            mydestination =
            alias_maps =
            virtual_mailbox_domains = example.org
            virtual_mailbox_base = {folder.At("mail")}
            virtual_mailbox_maps = static:inbox/
            virtual_uid_maps = static:{Machine.Uid("somebody").ToString(CultureInfo.InvariantCulture)}
            virtual_gid_maps = static:{Machine.Gid("somebody").ToString(CultureInfo.InvariantCulture)}
            smtpd_tls_cert_file = {folder.At("postfix.crt")}
            smtpd_tls_key_file = {folder.At("postfix.key")}
            smtpd_tls_security_level = encrypt
            smtpd_tls_received_header = yes
            smtpd_sasl_auth_enable = yes
            smtpd_sasl_type = cyrus
            smtpd_sasl_local_domain = web1
            smtpd_sasl_authenticated_header = yes
            smtpd_relay_restrictions = permit_sasl_authenticated, reject
            smtpd_recipient_restrictions = permit_sasl_authenticated, reject

            """);
        folder.Write("postfix/master.cf", $"""
            127.0.0.1:{Port} inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            proxymap unix - - n - - proxymap
            anvil unix - - n - 1 anvil
            error unix - - n - - error
            retry unix - - n - - error
            virtual unix - n n - - virtual
            postlog unix-dgram n - n - 1 postlogd

            """);
    }
}
