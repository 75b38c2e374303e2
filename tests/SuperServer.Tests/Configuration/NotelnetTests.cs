using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>What makes a service a tripwire; mistakes in its options stand in Broken/.</summary>
public sealed class NotelnetTests
{
    private const string Alerts = """

        [alerts]
        to = "you@example.org"

        [[alerts.transport]]
        kind = "maildir"
        path = "mail"
        """;

    [Fact]
    public void Each_port_s_policy_reaches_the_handler() =>
        Assert.Equal(
            """{"on_connect":"message","ports":{"22":{"on_connect":"close"},"8001":{"capture":0}}}""",
            Variable(Tripwire("""
                listen = ["tcp:22", "tcp:8000-8001"]
                [service.trip.options]
                on_connect = "message"
                ports."22" = { on_connect = "close" }
                [service.trip.options.ports."8001"]
                capture = 0
                """), "SUPERSERVER_OPTIONS"));

    [Theory]
    [InlineData("wait")]
    [InlineData("pool")]
    public void One_process_may_be_a_tarpit(string mode) =>
        Assert.NotNull(Tripwire($$"""
            listen = "tcp:22"
            mode = "{{mode}}"
            options = { on_connect = "tarpit", tarpit_clients = 4096, tarpit_per_source = 1, tarpit_time = "24h", idle = "5s" }
            """));

    [Theory]
    [InlineData("wait")]
    [InlineData("nowait")]
    public void It_guards_ports_for_datagrams(string mode) =>
        Assert.Equal(4, Tripwire($"""
            listen = "udp:[::1]:5000-5003"
            mode = "{mode}"
            """).Listen.Count);

    [Fact]
    public void With_port_0_any_port_may_have_a_policy() =>
        Assert.NotNull(Tripwire("""
            listen = "tcp:127.0.0.1:0"
            options = { ports.22 = { on_connect = "reset" } }
            """));

    [Fact]
    public void Nobody_waits_in_the_backlog_of_a_tripwire_unless_the_file_says_so()
    {
        Assert.Equal(Overflow.Close, Tripwire("listen = 'tcp:22'").Limits.Overflow);
        Assert.Equal(Overflow.Queue, Tripwire("listen = 'tcp:22'\noverflow = 'queue'").Limits.Overflow);
        Assert.True(Tripwire("listen = 'tcp:22'").RecordsAlerts);
    }

    [Fact]
    public void The_machine_s_id_goes_to_the_tripwire_and_to_the_mailer()
    {
        var machine = SomeMachine.Root with { MachineOf = state => state == "/var/lib/superserver" ? "0123456789abcdef" : null };
        var services = machine.Read($"[service.trip]\nlisten = 'tcp:22'\nhandler = 'notelnet'\n{Alerts}").Services;

        Assert.Equal("0123456789abcdef", Variable(services[0], "SUPERSERVER_MACHINE"));
        Assert.Contains("\"machine\":\"0123456789abcdef\"", Variable(services[1], "SUPERSERVER_OPTIONS"), StringComparison.Ordinal);
    }

    private static ServiceDefinition Tripwire(string settings) =>
        SomeMachine.Root.Read($"[service.trip]\nhandler = 'notelnet'\n{settings}\n{Alerts}").Services[0];

    private static string? Variable(ServiceDefinition service, string name) =>
        service.Environment.FirstOrDefault(variable => variable.Name == name)?.Value;
}
