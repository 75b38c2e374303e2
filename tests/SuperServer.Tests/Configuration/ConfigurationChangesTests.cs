using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>What a reload has to do.</summary>
public sealed class ConfigurationChangesTests
{
    private const string Old = """
        [service.telnet]
        exec = ["/bin/cat"]
        env = { LANG = "C" }

        [service.ssh]
        exec = ["/bin/cat"]

        """;

    [Fact]
    public void A_file_read_twice_gives_no_change_at_all() => Assert.True(Between(Old, Old).IsNone);

    [Fact]
    public void Comments_order_and_spelling_are_no_change() =>
        Assert.True(Between(Old, """
            # The same.
            [service]
            ssh.exec = ['/bin/cat']
            ssh.listen = "tcp:22"

            [service.telnet]
            env.LANG = 'C'
            listen = ["tcp4:telnet", "tcp6:telnet"]
            exec = ["/bin/cat"]
            """).IsNone);

    [Fact]
    public void A_new_service_is_added_and_a_vanished_one_removed()
    {
        var changes = Between(Old, Old.Replace("service.ssh", "service.time", StringComparison.Ordinal));

        Assert.Equal(["time"], Names(changes.Added));
        Assert.Equal(["ssh"], Names(changes.Removed));
        Assert.Empty(changes.Rebound);
        Assert.Empty(changes.Amended);
    }

    /// <summary>A key that is added, and the services to which it is added if those of <see cref="Old"/> cannot have it.</summary>
    public static TheoryData<string, string> Rebinding => new()
    {
        { "listen = \"tcp:2323\"", "" },
        { "listen = [\"tcp:23\", \"unix:/run/telnet.sock\"]", "" },
        { "listen = \"tcp4:23\"", "" },
        { "mode = \"wait\"", "" },
        { "mode = \"pool\"", "" },
        { "mptcp = true", "" },
        { "device = \"eth0\"", "" },
        { "reuse_port = true", "" },
        { "v6only = false", "listen = \"tcp6:23\"" },
    };

    /// <summary>The same for keys that leave the sockets where they are.</summary>
    public static TheoryData<string, string> Amending => new()
    {
        { "user = \"git\"", "" },
        { "group = \"adm\"", "" },
        { "groups = []", "" },
        { "argv0 = \"-cat\"", "" },
        { "cwd = \"/srv\"", "" },
        { "umask = \"077\"", "" },
        { "stderr = \"log\"", "" },
        { "backlog = 5", "" },
        { "max_connections = 255", "" },
        { "overflow = \"close\"", "" },
        { "max_per_source = 5", "" },
        { "rate = \"5/s\"", "" },
        { "rate_per_source = \"5/s\"", "" },
        { "max_load = 5", "" },
        { "source_prefix = { v4 = 24 }", "" },
        { "banner = \"hello\"", "" },
        { "banner_refused = \"no\"", "" },
        { "sensor = \"10m\"", "" },
        { "penalty = \"10m\"", "" },
        { "no_new_privs = true", "" },
        { "env = { TZ = \"UTC\" }", "" },
        { "allow = \"10.0.0.0/8\"", "" },
        { "deny = \"10.0.0.0/8\"", "" },
        { "access_times = \"08:00-18:00\"", "" },
        { "pool = { workers = 3 }", "" },
        { "pool = { max_concurrent = 3 }", "" },
        { "pool = { idle = \"3s\" }", "" },
        { "pool = { recycle = 3 }", "" },
        { "max_runtime = \"1h\"", "" },
        { "stop_timeout = \"1s\"", "" },
        { "proxy_protocol = true\ntrusted_proxies = \"10.0.0.5\"", "" },
        { "trusted_proxies = \"10.0.0.5\"\nproxy_protocol = true", "" },
        { "proxy_timeout = \"1s\"", "proxy_protocol = true\ntrusted_proxies = \"10.0.0.5\"" },
        { "tls = { certificate = \"/etc/passwd\", key = \"/etc/secret\", user = \"superserver-mail\" }", "" },
        { "listen_fds = true", "mode = \"wait\"" },
        { "listen_names = [\"a\"]", "mode = \"wait\"\nlisten_fds = true" },
        { "nodelay = true", "" },
        { "keepalive = false", "" },
        { "keepalive = { idle = \"1m\" }", "" },
        { "send_buffer = \"64KiB\"", "" },
        { "receive_buffer = \"64KiB\"", "" },
        { "defer_accept = \"5s\"", "" },
        { "congestion = \"reno\"", "" },
        { "freebind = true", "" },
        { "transparent = true", "" },
        { "mark = 7", "" },
        { "tos = 16", "" },
        { "ttl = 5", "" },
        { "socket_user = \"git\"", "listen = \"unix:/run/x.sock\"" },
        { "socket_group = \"git\"", "listen = \"unix:/run/x.sock\"" },
        { "socket_mode = \"600\"", "listen = \"unix:/run/x.sock\"" },
    };

    [Theory]
    [MemberData(nameof(Rebinding))]
    public void Other_sockets_or_another_mode_rebind(string key, string beside)
    {
        var changes = Between(With(beside), With(beside, key));

        Assert.Equal(["telnet"], Names(changes.Rebound));
        Assert.Equal(1, Count(changes));
    }

    [Theory]
    [MemberData(nameof(Amending))]
    public void Anything_else_amends(string key, string beside)
    {
        var changes = Between(With(beside), With(beside, key));

        Assert.Equal(["telnet"], Names(changes.Amended));
        Assert.Equal(1, Count(changes));
    }

    /// <summary>Another program is another program whatever it is called, and <c>enabled</c> adds and removes.</summary>
    [Fact]
    public void No_key_of_a_service_is_forgotten_here()
    {
        string[] elsewhere = ["exec", "handler", "options", "enabled"];
        var tried = Rebinding.Concat(Amending).Select(row => row.Data.Item1.Split(' ')[0]).Concat(elsewhere);

        Assert.Equal(ReferenceTests.KeysOfServices, tried.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("exec = [\"/bin/cat\"]", "exec = [\"/bin/cat\", \"-u\"]")]
    [InlineData("exec = [\"/bin/cat\"]", "handler = \"discard\"")]
    [InlineData("handler = \"echo\"", "handler = \"echo\"\noptions = { idle = \"5s\" }")]
    public void Another_program_amends(string old, string now) =>
        Assert.Equal(["telnet"], Names(Between($"[service.telnet]\n{old}", $"[service.telnet]\n{now}").Amended));

    [Fact]
    public void A_change_carries_the_new_definition_and_a_removal_the_old_one()
    {
        var changes = Between(Old, Old.Replace("LANG = \"C\"", "LANG = \"de\"", StringComparison.Ordinal).Replace("service.ssh", "service.time", StringComparison.Ordinal));

        Assert.Equal([new("LANG", "de")], Assert.Single(changes.Amended).Environment);
        Assert.Equal(22, Assert.Single(changes.Removed).Listen[0].Address!.Port);
    }

    [Fact]
    public void A_service_put_to_sleep_is_removed() =>
        Assert.Equal(["ssh"], Names(Between(Old, Old + "enabled = false").Removed));

    [Fact]
    public void Another_recipient_amends_the_mailer()
    {
        const string Alerts = "[alerts]\nto = \"you@example.org\"\ntransport = [{ kind = \"sendmail\" }]\n";

        Assert.Equal(["superserver-mailer"], Names(Between(Alerts, Alerts.Replace("you", "me", StringComparison.Ordinal)).Amended));
    }

    [Theory]
    [InlineData("max_per_source = 5")]
    [InlineData("rate = \"5/s\"")]
    [InlineData("rate_per_source = { rate = \"5/s\", burst = 1 }")]
    [InlineData("max_load = 5")]
    public void A_limit_that_only_moved_down_a_line_is_the_same_limit(string key) =>
        Assert.True(Between($"{Old}{key}", $"{Old}\n# a comment\n{key}").IsNone);

    private static string With(params string[] keys) =>
        $"[service.telnet]\nexec = [\"/bin/cat\"]\n{string.Join('\n', keys)}\n[service.ssh]\nexec = [\"/bin/cat\"]";

    private static ConfigurationChanges Between(string old, string now) =>
        ConfigurationChanges.Between(SomeMachine.Root.Read(old), SomeMachine.Root.Read(now));

    private static IEnumerable<string> Names(ValueList<ServiceDefinition> services) => services.Select(service => service.Name);

    private static int Count(ConfigurationChanges changes) =>
        changes.Added.Count + changes.Removed.Count + changes.Rebound.Count + changes.Amended.Count;
}
