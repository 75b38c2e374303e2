using SuperServer.Commands;
using SuperServer.Configuration;
using SuperServer.Tests.Configuration;

namespace SuperServer.Tests.Commands;

/// <summary><c>superserver alert</c>: who becomes the mailer, and what it is told.</summary>
public sealed class AlertCommandTests
{
    private const string Alerts = """
        [alerts]
        to = "you@example.org"
        transport = [{ kind = "maildir", path = "mail" }]

        """;

    private const string Tripwires = """
        [service.telnet]
        listen = ["tcp:127.0.0.1:23", "tcp:2323"]
        handler = "notelnet"
        user = "git"
        options = { on_connect = "close" }

        [service.tftp]
        handler = "notelnet"
        listen = "udp:[::1]:69"

        [service.ssh]
        handler = "notelnet"
        enabled = false

        [service.echo]
        handler = "echo"

        """;

    [Fact]
    public void Root_becomes_the_mailer_with_its_arguments_and_what_the_daemon_would_tell_it()
    {
        var (_, became, error) = Run(SomeMachine.Root, Tripwires + Alerts, "why", "192.0.2.1", "--json");

        var started = SomeMachine.Root.Read(Tripwires + Alerts).Services[^1];
        Assert.Equal("/usr/lib/superserver/superserver-mailer", became!.Program);
        Assert.Equal(["superserver-mailer", "why", "192.0.2.1", "--json"], became.Arguments);
        Assert.Equal(started.Identity, became.Identity);
        Assert.True(became.Identity.IsSwitched);
        Assert.Equal(
            [
                .. started.Environment.Where(variable => variable.Name != "SUPERSERVER_PID"),
                new("SUPERSERVER_ALERT_SOCKET", "/run/superserver/mailer.sock"),
                new("SUPERSERVER_IGNORED_AT", ""),
                new("SUPERSERVER_TRIPWIRES",
                    """[{"name":"telnet","user":"git","mode":"nowait","listen":["tcp:127.0.0.1:23","tcp:0.0.0.0:2323","tcp:[::]:2323"],"options":{"on_connect":"close"}},"""
                    + """{"name":"tftp","user":"nobody","mode":"wait","listen":["udp:[::1]:69"],"options":{}}]"""),
            ],
            became.Environment.Where(variable => variable.Name.StartsWith("SUPERSERVER_", StringComparison.Ordinal)));
        Assert.Contains(became.Environment, variable => variable.Name == "PATH");
        Assert.Equal("superserver: execve: refused\n", error);
    }

    [Fact]
    public void What_cannot_become_the_mailer_is_the_system_s_fault() =>
        Assert.Equal(71, Run(SomeMachine.Root, Alerts, "status").ExitCode);

    [Fact]
    public void Without_alerts_there_is_no_mailer_to_ask()
    {
        var (exitCode, became, error) = Run(SomeMachine.Root, "[service.echo]\nhandler = \"echo\"\n", "status");

        Assert.Equal((78, null), (exitCode, became));
        Assert.Equal("superserver: superserver.toml has no [alerts], and so there is no mailer to ask\n", error);
    }

    [Fact]
    public void A_file_with_mistakes_is_answered_with_them()
    {
        var (exitCode, became, error) = Run(SomeMachine.Root, Alerts + "\ntoo = 1\n[alarms]\n", "status");

        Assert.Equal((78, null), (exitCode, became));
        Assert.StartsWith("superserver.toml:5:1: [alerts] has no setting 'too'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_arguments_are_no_command()
    {
        var (exitCode, became, error) = Run(SomeMachine.Root, Alerts);

        Assert.Equal((64, null), (exitCode, became));
        Assert.Equal("superserver: alert needs a command for the mailer: superserver alert ARGS…, or superserver alert --help\n", error);
    }

    [Fact]
    public void Whoever_is_neither_root_nor_the_mailer_is_told_what_to_do()
    {
        var (exitCode, became, error) = Run(SomeMachine.Alice, Alerts, "status");

        Assert.Equal((77, null), (exitCode, became));
        Assert.Equal(
            "superserver: the mailer of superserver.toml is 'superserver-mail', and you are 'alice': "
            + "run this as root (sudo superserver alert …), or as 'superserver-mail'\n",
            error);
    }

    [Fact]
    public void The_mailer_s_user_stays_who_it_is_and_looks_where_root_s_daemon_puts_things()
    {
        var host = SomeMachine.Alice with { Self = new UserAccount("superserver-mail", 300, 301) };

        var (_, became, _) = Run(host, Alerts, "status");

        Assert.Equal((300u, false), (became!.Identity.Uid, became.Identity.IsSwitched));
        Assert.Contains(new EnvironmentVariable("SUPERSERVER_STORE", "/var/lib/superserver/mailer"), became.Environment);
    }

    [Fact]
    public void An_ordinary_user_s_daemon_has_a_mailer_of_its_own()
    {
        var host = SomeMachine.Alice with
        {
            Look = path => path == "/home/alice/.local/state/superserver/mailer"
                ? new FileFacts(FileKind.Directory, UnixFileMode.UserRead, Owner: 1000)
                : SomeMachine.Alice.Look(path),
        };

        var (_, became, _) = Run(host, Alerts, "status");

        Assert.Equal((1000u, false), (became!.Identity.Uid, became.Identity.IsSwitched));
        Assert.Contains(
            new EnvironmentVariable("SUPERSERVER_STORE", "/home/alice/.local/state/superserver/mailer"), became.Environment);
    }

    private static (int ExitCode, ServiceDefinition? Became, string Error) Run(HostFacts host, string text, params string[] arguments)
    {
        ServiceDefinition? became = null;
        using var error = new StringWriter();

        var exitCode = new AlertCommand(SomeMachine.File, host.WithFile(SomeMachine.File, text), error, Become).Run(arguments);

        return (exitCode, became, error.ToString());

        string Become(ServiceDefinition service)
        {
            became = service;
            return "execve: refused";
        }
    }
}
