using System.Globalization;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>[alerts]: the service it implies, and what the mailer and the handlers are told.</summary>
public sealed class AlertsTests
{
    private const string Least = """
        [alerts]
        to = "you@example.org"

        [[alerts.transport]]
        kind = "maildir"
        path = "mail"

        """;

    [Fact]
    public void Two_lines_and_a_transport_imply_the_mailers_service()
    {
        var configuration = SomeMachine.Root.Read(Least);
        var mailer = new Identity
        {
            User = "superserver-mail",
            Group = "superserver-mail",
            Uid = 300,
            Gid = 301,
            SupplementaryGroups = [301],
            IsSwitched = true,
        };

        Assert.Equal(
            new AlertsDefinition
            {
                Mailer = mailer,
                SpoolDirectory = "/var/lib/superserver/spool",
                StoreDirectory = "/var/lib/superserver/mailer",
                EventLogReaders = 4,
                Writers = [],
            },
            configuration.Alerts);
        Assert.Equal(
            new ServiceDefinition
            {
                Name = "superserver-mailer",
                Listen = [new Endpoint { Transport = Transport.UnixDatagram, Path = "/run/superserver/mailer.sock" }],
                Mode = ServiceMode.Wait,
                Program = "/usr/lib/superserver/superserver-mailer",
                Arguments = ["superserver-mailer"],
                Identity = mailer,
                Environment =
                [
                    new("SUPERSERVER_SPOOL", "/var/lib/superserver/spool"),
                    new("SUPERSERVER_STORE", "/var/lib/superserver/mailer"),
                    new("SUPERSERVER_HOST", "web1"),
                    new("SUPERSERVER_PID", $"{Environment.ProcessId}"),
                    new("SUPERSERVER_OPTIONS", Json($$"""
                        {"to":["you@example.org"],"from":"superserver@web1","settle_ms":5000,
                        "gaps_s":[300,900,1800,3600,7200,14400,28800,86400],"calm_s":86400,"mails_per_hour":4,"mails_per_day":12,
                        "inside":[],"inside_settle_ms":2000,"inside_gaps_s":[60,300,900,3600,14400,86400],"inside_calm_s":86400,
                        "inside_mails_per_hour":12,"inside_mails_per_day":60,"host_mails_per_hour":30,"summary":"weekly",
                        "ignore":[],"retain_s":2592000,"attach":"none","resolve":"confirm",
                        "transport":[{"kind":"maildir","path":"{{Path.GetFullPath("mail")}}"}]}
                        """)),
                ],
                StandardError = StandardError.Log,
                Limits = new ServiceLimits { MaxConnections = new Limit(1, null) },
                NoNewPrivileges = true,
                RunsUntilDone = true,
            },
            Assert.Single(configuration.Services));
    }

    [Fact]
    public void Every_key_reaches_the_mailer()
    {
        var configuration = SomeMachine.Root.Read("""
            [alerts]
            to = ["a@example.org", "b@example.org"]
            from = "door@example.org"
            user = "daemon:adm"
            host = "web1.example.org"
            settle = "500ms"
            gaps = ["90s", "1d"]
            calm = "2h"
            mails_per_hour = 1
            mails_per_day = 2
            inside = ["172.16.0.0/12", "2001:db8::/32", "192.0.2.7"]
            inside_settle = "0s"
            inside_gaps = ["1m"]
            inside_calm = "3h"
            inside_mails_per_hour = 3
            inside_mails_per_day = 4
            host_mails_per_hour = 5
            summary = "daily"
            subject_prefix = "[Tür]"
            ignore = ["192.0.2.10", "2001:db8:1::/48", "Monitor.Example.org."]
            ignore_file = "/etc/ignored"
            retain = "1h"
            attach = "csv"
            resolve = "off"

            [[alerts.transport]]
            kind = "smtp"
            host = "mail.example.org"

            [[alerts.transport]]
            kind = "smtp"
            host = "mail.example.org"
            user = "me"
            token_command = ["/bin/cat", "/run/token"]
            ca_file = "/etc/passwd"
            pin_sha256 = "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:EE:FF:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:EE:FF"

            [[alerts.transport]]
            kind = "smtp"
            host = "mail.example.org"
            port = 465

            [[alerts.transport]]
            kind = "smtp"
            host = "127.0.0.1"
            port = 25
            tls = "none"

            [[alerts.transport]]
            kind = "sendmail"

            [[alerts.transport]]
            kind = "webhook"
            url = "https://hooks.example.org/x?y=z"
            ca_file = "/etc/passwd"
            always = true

            [[alerts.transport]]
            kind = "exec"
            command = ["/bin/cat", "-n"]

            [[alerts.transport]]
            kind = "log"
            always = false
            """);

        Assert.Equal((1u, 4u), (configuration.Alerts!.Mailer.Uid, configuration.Alerts.Mailer.Gid));
        Assert.Equal("web1.example.org", Variable(configuration.Services[0], "SUPERSERVER_HOST"));
        Assert.Equal(
            Json("""
                {"to":["a@example.org","b@example.org"],"from":"door@example.org","settle_ms":500,"gaps_s":[90,86400],"calm_s":7200,
                "mails_per_hour":1,"mails_per_day":2,"inside":["172.16.0.0/12","2001:db8::/32","192.0.2.7/32"],
                "inside_settle_ms":0,"inside_gaps_s":[60],"inside_calm_s":10800,"inside_mails_per_hour":3,"inside_mails_per_day":4,
                "host_mails_per_hour":5,"summary":"daily","subject_prefix":"[T\u00FCr]",
                "ignore":["192.0.2.10","2001:db8:1::/48","monitor.example.org"],"ignore_file":"/etc/ignored",
                "retain_s":3600,"attach":"csv","resolve":"off",
                "transport":[{"kind":"smtp","host":"mail.example.org","port":587,"tls":"starttls"},
                {"kind":"smtp","host":"mail.example.org","port":587,"tls":"starttls","user":"me",
                "token_command":["/bin/cat","/run/token"],"ca_file":"/etc/passwd",
                "pin_sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
                {"kind":"smtp","host":"mail.example.org","port":465,"tls":"tls"},
                {"kind":"smtp","host":"127.0.0.1","port":25,"tls":"none"},
                {"kind":"sendmail","path":"/usr/sbin/sendmail"},
                {"kind":"webhook","url":"https://hooks.example.org/x?y=z","ca_file":"/etc/passwd","always":true},
                {"kind":"exec","command":["/bin/cat","-n"]},{"kind":"log"}]}
                """),
            Variable(configuration.Services[0], "SUPERSERVER_OPTIONS"));
    }

    [Fact]
    public void Sendmail_keeps_its_set_gid_bit() =>
        Assert.False(SomeMachine.Root.ReadService("""
            [alerts]
            to = "you@example.org"
            transport = [{ kind = "sendmail" }, { kind = "maildir", path = "mail" }]
            """).NoNewPrivileges);

    [Fact]
    public void Notelnet_records_into_the_lane_of_its_group()
    {
        var configuration = SomeMachine.Root.Read("""
            [service.telnet]
            handler = "notelnet"
            user = "git"

            [service.ssh]
            handler = "notelnet"
            user = "daemon"
            env = { LANG = "C" }
            options = { on_connect = "close", capture = 0, message = "{client_ip} {time} {ref}" }

            [service.time]
            handler = "notelnet"
            user = "daemon"

            [service.daytime]
            handler = "notelnet"
            user = "alice"
            enabled = false

            [service.echo]
            handler = "echo"
            user = "nobody"

            """ + Least);

        Assert.Equal([1u, 201u], configuration.Alerts!.Writers);
        Assert.Equal(
            [
                new("LANG", "C"),
                new("SUPERSERVER_OPTIONS", """{"on_connect":"close","capture":0,"message":"{client_ip} {time} {ref}"}"""),
                new("SUPERSERVER_SPOOL", "/var/lib/superserver/spool/1"),
                new("SUPERSERVER_ALERT_SOCKET", "/run/superserver/mailer.sock"),
                new("SUPERSERVER_HOST", "web1"),
            ],
            configuration.Services[1].Environment);
        Assert.Empty(configuration.Services[3].Environment);
        Assert.Equal("superserver-mailer", configuration.Services[^1].Name);
    }

    [Theory]
    [InlineData(896, 0)]
    [InlineData(897, 1)]
    public void A_message_may_have_896_bytes(int length, int problems) =>
        Assert.Equal(problems, SomeMachine.Root.Problems(
            $"[service.telnet]\nhandler = \"notelnet\"\noptions.message = \"ü{new string('x', length - 2)}\"\n" + Least).Length);

    [Fact]
    public void An_ordinary_users_mailer_is_that_user_whoever_is_named()
    {
        var configuration = (SomeMachine.Alice with { IsServing = true }).Read(Least.Replace("[[", "user = \"daemon\"\n[[", StringComparison.Ordinal));

        Assert.Equal((1000u, false), (configuration.Alerts!.Mailer.Uid, configuration.Alerts.Mailer.IsSwitched));
        Assert.Equal("/home/alice/.local/state/superserver/spool", configuration.Alerts.SpoolDirectory);
    }

    [Fact]
    public void A_missing_mailer_user_is_named_with_the_remedy() =>
        Assert.Equal(
            ["1:1: there is no user 'superserver-mail', which is the default: create it, or set 'user'"],
            (SomeMachine.Root with { UserByName = _ => null }).Problems(Least));

    [Fact]
    public void A_missing_mailer_is_a_mistake() =>
        Assert.Equal(
            ["1:1: '/opt/superserver-mailer' does not exist: install it, or set 'handlers_dir' in [daemon] to where it is"],
            (SomeMachine.Root with { HandlersDirectory = "/opt" }).Problems(Least));

    [Fact]
    public void A_run_directory_too_deep_for_a_socket_is_a_mistake()
    {
        var deep = "/" + new string('x', 100);

        Assert.Equal(
            [$"1:1: '{$"{deep}/mailer.sock"[..79]}…' is longer than the 107 bytes that the path of a socket may have: set a shorter 'run_dir' in [daemon]"],
            SomeMachine.Root.Problems(Least + $"[daemon]\nrun_dir = \"{deep}\"\n"));
    }

    [Theory]
    [InlineData("/etc/secret", "user = \"superserver-mail\"", null)]
    [InlineData("/etc/secret", "user = \"git\"", "does not belong to the mailer: chown git")]
    [InlineData("/etc/passwd", "", "can be read by others: chmod 600")]
    [InlineData("/etc", "", "is a directory")]
    [InlineData("/etc/nosuch", "", "does not exist")]
    public void A_password_is_the_mailers_secret(string file, string mailer, string? why)
    {
        var problems = SomeMachine.Root.Problems($"""
            [alerts]
            to = "you@example.org"
            {mailer}
            [[alerts.transport]]
            kind = "smtp"
            host = "mail.example.org"
            user = "me"
            password_file = "{file}"
            """);

        Assert.Equal(why is null ? [] : [$"8:17: password file '{file}' {why}"], problems);
    }

    [Fact]
    public void A_password_file_goes_along_with_its_absolute_path()
    {
        var secret = Path.GetFullPath("secret");
        var host = SomeMachine.Root with
        {
            Look = path => path == secret ? new FileFacts(FileKind.Regular, UnixFileMode.UserRead, Owner: 300) : SomeMachine.Root.Look(path),
        };

        Assert.Contains($"\"tls\":\"starttls\",\"user\":\"me\",\"password_file\":\"{secret}\"", Variable(host.ReadService("""
            [alerts]
            to = "you@example.org"
            [[alerts.transport]]
            kind = "smtp"
            host = "mail.example.org"
            user = "me"
            password_file = "secret"
            """), "SUPERSERVER_OPTIONS"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets/smtp-password", "secrets/smtp-password")]
    [InlineData("smtp-password", "smtp-password")]
    public void A_password_s_name_is_looked_for_in_the_folder_secrets_first(string there, string found)
    {
        var host = SomeMachine.Root with
        {
            Look = path => path == Path.GetFullPath(there) || path == Path.GetFullPath("smtp-password")
                ? new FileFacts(FileKind.Regular, UnixFileMode.UserRead, Owner: 300)
                : SomeMachine.Root.Look(path),
        };

        Assert.Contains($"\"password_file\":\"{Path.GetFullPath(found)}\"", Variable(host.ReadService("""
            [alerts]
            to = "you@example.org"
            transport = [{ kind = "smtp", host = "mail.example.org", user = "me", password_file = "smtp-password" }]
            """), "SUPERSERVER_OPTIONS"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0b110_100_100, 0, null)]
    [InlineData(0b110_000_000, 300, null)]
    [InlineData(0b110_100_000, 0, null)]
    [InlineData(0b110_000_000, 0, "cannot be read by the mailer: chmod 644, or chown superserver-mail")]
    [InlineData(0b000_100_100, 300, "cannot be read by the mailer: chmod 644, or chown superserver-mail")]
    [InlineData(0b110_110_100, 0, "can be written by others, who could silence the alarm: chmod go-w")]
    [InlineData(0b110_100_110, 300, "can be written by others, who could silence the alarm: chmod go-w")]
    public void The_ignore_file_is_open_to_the_mailer_and_closed_to_strangers_pens(int mode, uint owner, string? why)
    {
        var host = SomeMachine.Root with
        {
            Look = path => path == "/etc/ignored" ? new FileFacts(FileKind.Regular, (UnixFileMode)mode, owner) : SomeMachine.Root.Look(path),
        };

        Assert.Equal(
            why is null ? [] : [$"8:15: ignore file '/etc/ignored' {why}"],
            host.Problems($"\n{Least}".Replace("[[", "\n\n\nignore_file = \"/etc/ignored\"\n[[", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("tcp:25", "localhost", true)]
    [InlineData("tcp4:25", "127.0.0.5", true)]
    [InlineData("tcp6:25", "127.0.0.1", false)]
    [InlineData("tcp:127.0.0.1:25", "localhost", true)]
    [InlineData("tcp:127.0.0.1:25", "127.0.0.1", true)]
    [InlineData("tcp:192.0.2.1:25", "127.0.0.1", false)]
    [InlineData("tcp:192.0.2.1:25", "localhost", false)]
    [InlineData("tcp:25", "192.0.2.1", true)]
    [InlineData("tcp:25", "2001:db8::1", true)]
    [InlineData("tcp:25", "192.0.2.2", false)]
    [InlineData("tcp:192.0.2.1:25", "WEB1", true)]
    [InlineData("tcp:192.0.2.1:25", "web1.example.org.", true)]
    [InlineData("tcp:192.0.2.1:25", "door", true)]
    [InlineData("tcp:25", "web10.example.org", false)]
    [InlineData("tcp:587", "localhost", false)]
    public void A_tripwire_does_not_wait_on_the_port_of_its_own_mail(string listen, string server, bool isRefused)
    {
        var problems = SomeMachine.Root.Problems($$"""
            [service.telnet]
            handler = "notelnet"
            listen = [
              "tcp:23",
              "{{listen}}",
            ]

            [service.smtp]
            handler = "notelnet"
            listen = "tcp:25"
            enabled = false

            [service.echo]
            handler = "echo"
            listen = "tcp:198.51.100.1:25"
            enabled = {{(listen.StartsWith("tcp:25", StringComparison.Ordinal) ? "false" : "true")}}

            [alerts]
            to = "you@example.org"
            host = "door"
            transport = [{ kind = "maildir", path = "mail" }, { kind = "smtp", host = "{{server}}", port = 25 }]
            """);

        Assert.Equal(
            !isRefused ? [] : [$"5:3: '{listen}' is where [[alerts.transport]] sends mail ({server}, port 25): the tripwire would wait for its "
                + "own alarm; take that port out of 'listen', or send the mail another way"],
            problems.Where(problem => !problem.Contains("beside", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.5")]
    [InlineData("::1")]
    public void Clear_text_stays_on_this_host(string server) =>
        Assert.Empty(SomeMachine.Root.Problems($$"""
            [alerts]
            to = "you@example.org"
            transport = [{ kind = "smtp", host = "{{server}}", tls = "none" }]
            """));

    private static string Variable(ServiceDefinition service, string name) =>
        Assert.Single(service.Environment, variable => variable.Name == name).Value;

    private static string Json(string text) => text.Replace("\n", "", StringComparison.Ordinal).ToString(CultureInfo.InvariantCulture);
}
