using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>[defaults]: what every service has that does not say otherwise.</summary>
public sealed class DefaultsTests
{
    private const string Service = """

        [service.telnet]
        exec = ["/bin/cat"]

        """;

    [Fact]
    public void A_service_inherits_every_key_and_overrides_each_by_itself()
    {
        var configuration = SomeMachine.Root.Read("""
            [defaults]
            mode = "wait"
            cwd = "/srv"
            umask = "027"
            stderr = "log"
            backlog = 10
            max_connections = 9
            overflow = "close"
            no_new_privs = true

            [service.telnet]
            exec = ["/bin/cat"]

            [service.ssh]
            exec = ["/bin/cat"]
            mode = "nowait"
            cwd = "/"
            umask = "022"
            stderr = "socket"
            backlog = 4096
            max_connections = 256
            overflow = "queue"
            no_new_privs = false
            """);

        var (heir, other) = (configuration.Services[0], configuration.Services[1]);
        Assert.Equal(ServiceMode.Wait, heir.Mode);
        Assert.Equal("/srv", heir.WorkingDirectory);
        Assert.Equal(Convert.ToInt32("027", 8), heir.Umask);
        Assert.Equal(StandardError.Log, heir.StandardError);
        Assert.Equal(10, heir.Backlog);
        Assert.Equal((9, "superserver.toml:7"), (heir.Limits.MaxConnections.Max, heir.Limits.MaxConnections.SetAt));
        Assert.Equal(Overflow.Close, heir.Limits.Overflow);
        Assert.True(heir.NoNewPrivileges);
        Assert.Equal(
            SomeMachine.Root.ReadService(Service) with { Name = "ssh", Listen = other.Listen },
            other);
    }

    [Fact]
    public void Variables_come_together_and_the_service_has_the_last_word() =>
        Assert.Equal(
            [new("TZ", "UTC"), new("LANG", "de_DE"), new("TERM", "dumb")],
            SomeMachine.Root.ReadService("""
                [defaults]
                env = { LANG = "C", TZ = "UTC" }

                [service.telnet]
                exec = ["/bin/cat"]
                env = { LANG = "de_DE", TERM = "dumb" }
                """).Environment);

    [Fact]
    public void All_services_can_be_put_to_sleep_at_once() =>
        Assert.Empty(SomeMachine.Root.Read("[defaults]\nenabled = false\n" + Service).Services);

    [Fact]
    public void The_group_of_the_default_user_is_not_for_a_service_with_a_user_of_its_own()
    {
        var configuration = SomeMachine.Root.Read("""
            [defaults]
            user = "daemon"
            group = "adm"
            groups = ["repositories"]

            [service.telnet]
            exec = ["/bin/cat"]

            [service.ssh]
            exec = ["/bin/cat"]
            user = "git"
            """);

        Assert.Equal((1u, 4u, "2000"), Numbers(configuration.Services[0]));
        Assert.Equal((200u, 201u, "201 2000"), Numbers(configuration.Services[1]));
    }

    [Fact]
    public void A_service_may_choose_another_group_than_the_default_user_has() =>
        Assert.Equal((1u, 201u, "201"), Numbers(SomeMachine.Root.ReadService("""
            [defaults]
            user = "daemon:adm"

            [service.telnet]
            exec = ["/bin/cat"]
            group = "git"
            """)));

    [Fact]
    public void A_mistake_in_the_defaults_is_told_once_even_if_nobody_inherits_it()
    {
        const string Defaults = "[defaults]\nuser = \"nosuchuser\"\numask = 22\n";
        string[] expected = ["2:8: there is no user 'nosuchuser': create it, or name another one", "3:9: 'umask' must be octal digits in quotes, as in \"022\""];

        Assert.Equal(expected, SomeMachine.Root.Problems(Defaults));
        Assert.Equal(expected, SomeMachine.Root.Problems(Defaults + Service + Service.Replace("telnet", "ssh", StringComparison.Ordinal)));
    }

    private static (uint Uid, uint Gid, string Groups) Numbers(ServiceDefinition service) =>
        (service.Identity.Uid, service.Identity.Gid, string.Join(' ', service.Identity.SupplementaryGroups));
}
