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

    [Theory]
    [InlineData("listen = \"tcp:2323\"")]
    [InlineData("listen = [\"tcp:23\", \"unix:/run/telnet.sock\"]")]
    [InlineData("listen = \"tcp4:23\"")]
    [InlineData("mode = \"wait\"")]
    public void Other_sockets_or_another_mode_rebind(string key)
    {
        var changes = Between(Old, Old.Replace("[service.telnet]", $"[service.telnet]\n{key}", StringComparison.Ordinal));

        Assert.Equal(["telnet"], Names(changes.Rebound));
        Assert.Equal(1, Count(changes));
    }

    [Theory]
    [InlineData("user = \"git\"")]
    [InlineData("groups = []")]
    [InlineData("argv0 = \"-cat\"")]
    [InlineData("cwd = \"/srv\"")]
    [InlineData("umask = \"077\"")]
    [InlineData("stderr = \"log\"")]
    [InlineData("backlog = 5")]
    [InlineData("max_connections = 255")]
    [InlineData("overflow = \"close\"")]
    [InlineData("max_per_source = 5")]
    [InlineData("rate = \"5/s\"")]
    [InlineData("rate_per_source = \"5/s\"")]
    [InlineData("max_load = 5")]
    [InlineData("source_prefix = { v4 = 24 }")]
    [InlineData("banner = \"hello\"")]
    [InlineData("banner_refused = \"no\"")]
    [InlineData("sensor = \"10m\"")]
    [InlineData("penalty = \"10m\"")]
    [InlineData("no_new_privs = true")]
    [InlineData("env.TZ = \"UTC\"")]
    public void Anything_else_amends(string key)
    {
        var changes = Between(Old, Old.Replace("env = { LANG = \"C\" }", $"env.LANG = \"C\"\n{key}", StringComparison.Ordinal));

        Assert.Equal(["telnet"], Names(changes.Amended));
        Assert.Equal(1, Count(changes));
    }

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

    private static ConfigurationChanges Between(string old, string now) =>
        ConfigurationChanges.Between(SomeMachine.Root.Read(old), SomeMachine.Root.Read(now));

    private static IEnumerable<string> Names(ValueList<ServiceDefinition> services) => services.Select(service => service.Name);

    private static int Count(ConfigurationChanges changes) =>
        changes.Added.Count + changes.Removed.Count + changes.Rebound.Count + changes.Amended.Count;
}
