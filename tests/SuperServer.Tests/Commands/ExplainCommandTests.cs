using SuperServer.Commands;
using SuperServer.Tests.Configuration;

namespace SuperServer.Tests.Commands;

/// <summary>A verdict before it hurts, with the line that is to blame.</summary>
public sealed class ExplainCommandTests
{
    private const string Text = """
        [daemon]
        max_children = 50
        run_dir = "/nonexistent"
        [service.git]
        listen = "tcp:9418"
        exec = ["/bin/cat"]
        allow = ["10.0.0.0/8", ".example.org"]
        deny = "10.9.0.0/16"
        max_per_source = 4
        rate_per_source = "30/min"
        """;

    [Fact]
    public void Who_is_let_in_is_told_by_which_rule_and_what_it_will_be_measured_by() =>
        Assert.Equal((0, """
            git lets 10.1.2.3 in: allow rule=10.0.0.0/8 set-at=superserver.toml:7
              counts as 10.1.2.3/32
              max_per_source max=4 set-at=superserver.toml:9
              max_connections max=256 set-at=default
              max_children max=50 set-at=superserver.toml:2
              rate_per_source max=30/min set-at=superserver.toml:10

            """, ""), Run("10.1.2.3", "git"));

    [Fact]
    public void Who_is_refused_is_told_by_which_rule() =>
        Assert.Equal((77, "git refuses 10.9.1.1: limit=deny rule=10.9.0.0/16 set-at=superserver.toml:8\n", ""), Run("10.9.1.1", "git"));

    [Fact]
    public void Whose_name_decides_is_told_so()
    {
        var (exitCode, output, _) = Run("192.0.2.7", "git");

        Assert.Equal(0, exitCode);
        Assert.StartsWith("git asks for the name of 192.0.2.7 first, which decides: .example.org\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_connection_goes_through_before_its_program_is_told() =>
        Assert.Equal("""
            web lets 203.0.113.7 in
              counts as 203.0.113.7/32
              max_connections max=256 set-at=default
              comes by way of a proxy, which has to name it within 5 s: trusted_proxies 10.0.0.5 set-at=superserver.toml:5
              speaks TLS with a process of superserver-mail within 0.5 s: certificate /etc/passwd client_certificates=none

            """, Run("203.0.113.7", "web", """
            [service.web]
            listen = "tcp:443"
            exec = ["/bin/cat"]
            proxy_protocol = true
            trusted_proxies = "10.0.0.5"
            tls = { certificate = "/etc/passwd", key = "/etc/secret", user = "superserver-mail", handshake_timeout = "500ms" }
            """).Output);

    [Fact]
    public void What_tcpmux_offers_is_told() =>
        Assert.EndsWith("  says within 30 s which service it wants: +date\n", Run("203.0.113.7", "mux", """
            [service.mux]
            listen = "tcp:7001"
            handler = "tcpmux"
            [service.date]
            listen = "tcpmux:+date"
            exec = ["/bin/cat"]
            """).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("010.1.1.1", "git")]
    [InlineData("here", "git")]
    [InlineData("10.1.1.1", "gti")]
    public void A_question_that_makes_no_sense_is_a_mistake_of_the_command_line(string address, string service)
    {
        var (exitCode, output, error) = Run(address, service);

        Assert.Equal((64, ""), (exitCode, output));
        Assert.StartsWith("superserver: ", error, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output, string Error) Run(string address, string service, string text = Text)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var host = SomeMachine.Root.WithFile(SomeMachine.File, text);
        var exitCode = new ExplainCommand(SomeMachine.File, host, TimeProvider.System, output, error).Run(address, service);
        return (exitCode, output.ToString(), error.ToString());
    }
}
