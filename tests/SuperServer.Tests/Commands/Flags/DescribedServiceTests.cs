using SuperServer.Commands.Flags;
using SuperServer.Configuration;
using SuperServer.Tests.Configuration;

namespace SuperServer.Tests.Commands.Flags;

/// <summary>Flags become the table that a file would have; what is wrong with it stands at its flag.</summary>
public sealed class DescribedServiceTests
{
    private static readonly Given _cat = new() { Program = ["/bin/cat", "-u"] };

    [Fact]
    public void A_program_and_nothing_else_is_a_service_with_the_usual_values()
    {
        var service = Read(_cat);

        Assert.Equal("cat", service.Name);
        Assert.Equal("/bin/cat", service.Program);
        Assert.Equal(["cat", "-u"], service.Arguments);
        Assert.Equal("nobody", service.Identity.User);
        Assert.Equal(StandardError.Log, service.StandardError);
        Assert.Equal(Directory.GetCurrentDirectory(), service.WorkingDirectory);
        Assert.Equal(new ServiceLimits().MaxConnections, service.Limits.MaxConnections);
    }

    [Fact]
    public void Every_flag_is_the_key_of_its_name()
    {
        var service = Read(_cat with
        {
            Flags =
            [
                ("--user", "git:adm"), ("--mode", "nowait"), ("--max-connections", "7"), ("--max-per-source", "3"), ("--rate", "5/s"),
                ("--rate-per-source", "2/min"), ("--allow", "10.0.0.0/8"), ("--allow", "::1"), ("--deny", "10.0.0.1"),
                ("--max-runtime", "5m"), ("--backlog", "12"), ("--banner", "hello\r\n"), ("--stderr", "null"), ("--cwd", "/tmp"),
                ("--env", "COLOUR=blue=green"), ("--set", "stop_timeout=2s"), ("--set", "source_prefix.v4=24"),
            ],
        });

        Assert.Equal(("git", "adm"), (service.Identity.User, service.Identity.Group));
        Assert.Equal(new Limit(7, "--max-connections"), service.Limits.MaxConnections);
        Assert.Equal(new Limit(3, "--max-per-source"), service.Limits.MaxPerSource);
        Assert.Equal("--rate", service.Limits.Rate?.SetAt);
        Assert.Equal("--rate-per-source", service.Limits.RatePerSource?.SetAt);
        Assert.Equal(2, service.Access.Allow!.Rules.Count);
        Assert.Equal("--allow", service.Access.AllowSetAt);
        Assert.Single(service.Access.Deny.Rules);
        Assert.Equal(TimeSpan.FromMinutes(5), service.MaxRuntime);
        Assert.Equal(12, service.Backlog);
        Assert.Equal("hello\r\n", service.Limits.Banner);
        Assert.Equal(StandardError.Null, service.StandardError);
        Assert.Equal("/tmp", service.WorkingDirectory);
        Assert.Equal([new EnvironmentVariable("COLOUR", "blue=green")], service.Environment);
        Assert.Equal(TimeSpan.FromSeconds(2), service.StopTimeout);
        Assert.Equal(24, service.Limits.SourcePrefix.V4);
    }

    [Fact]
    public void A_group_of_its_own_and_a_variable_that_we_have_are_passed_on()
    {
        var service = Read(_cat with { Flags = [("--user", "git"), ("--group", "adm"), ("--env", "PATH")] });

        Assert.Equal("adm", service.Identity.Group);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), Assert.Single(service.Environment).Value);
    }

    [Theory]
    [InlineData("words=hello, you", """{"words":"hello, you"}""")]
    [InlineData("times=3", """{"times":3}""")]
    [InlineData("times=\"3\"", """{"times":"3"}""")]
    [InlineData("list=[1, 2]", """{"list":[1,2]}""")]
    [InlineData("a.b=true", """{"a":{"b":true}}""")]
    [InlineData("idle=5s", """{"idle":"5s"}""")]
    [InlineData("empty=", """{"empty":""}""")]
    [InlineData("two=1\nthree = 3", """{"two":"1\nthree = 3"}""")]
    public void An_option_is_what_TOML_takes_it_for_and_else_text(string option, string json) =>
        Assert.Equal(json, Read(new Given { Flags = [("--handler", "hello"), ("--option", option)] })
            .Environment.Single(variable => variable.Name == "SUPERSERVER_OPTIONS").Value);

    [Fact]
    public void A_path_leads_to_a_handler_of_ones_own()
    {
        var service = Read(new Given { Flags = [("--handler", "/usr/lib/superserver/hello")] });

        Assert.Equal("/usr/lib/superserver/hello", service.Program);
        Assert.Equal("hello", service.Name);
        Assert.True(service.NoNewPrivileges);
    }

    [Fact]
    public void A_program_whose_name_no_service_can_have_serves_as_run() =>
        Assert.Equal("run", Read(new Given { Program = ["/bin/[cat"] }).Name);

    [Theory]
    [InlineData("--user", "nobdy", "--user: there is no user 'nobdy' (did you mean 'nobody'?)")]
    [InlineData("--max-connections", "0", "--max-connections: 'max_connections' must be from 1 to 100000, not 0")]
    [InlineData("--env", "NOT_SET_ANYWHERE", "--env: there is no variable 'NOT_SET_ANYWHERE' to pass on: write NOT_SET_ANYWHERE=VALUE")]
    [InlineData("--set", "workers", "--set: 'workers' is not KEY=VALUE")]
    [InlineData("--set", "=4", "--set: '=4' is not KEY=VALUE")]
    [InlineData("--set", "cwd=/tmp", "--set: 'cwd' is set already, by --cwd")]
    [InlineData("--set", "pool.wrkers=4", "--set: [service.NAME.pool] has no setting 'wrkers' (did you mean 'workers'?)")]
    [InlineData("--option", "a=b", "--option: 'options' are for handlers; a program gets arguments in 'exec' and variables in 'env'")]
    public void A_mistake_stands_at_its_flag(string flag, string value, string problem) =>
        Assert.Equal([problem], Problems(_cat with { Flags = [(flag, value)] }));

    [Fact]
    public void Mistakes_come_in_the_order_of_the_help()
    {
        var problems = Problems(_cat with { Flags = [("--stderr", "file"), ("--set", "x=1"), ("--user", "who"), ("--mode", "never")] });

        Assert.Equal(["--user", "--mode", "--stderr", "--set"], problems.Select(problem => problem.Split(':')[0]));
    }

    [Fact]
    public void A_handler_and_a_program_are_one_too_many() =>
        Assert.Equal(
            ["superserver run: service 'echo' has both 'exec' and 'handler': one of them must go"],
            Problems(_cat with { Flags = [("--handler", "echo")] }));

    [Fact]
    public void An_ordinary_user_cannot_make_anybody_else_of_the_program() =>
        Assert.StartsWith("--user: the daemon runs as 'alice' and cannot become 'git:git'",
            Problems(_cat with { Flags = [("--user", "git")] }, SomeMachine.Alice with { IsServing = true }).Single(), StringComparison.Ordinal);

    private static ServiceDefinition Read(Given given) =>
        Assert.IsType<ConfigurationReading.Valid>(Reading(given, SomeMachine.Root)).Configuration.Services.Single();

    private static List<string> Problems(Given given, HostFacts? host = null) =>
        [.. Assert.IsType<ConfigurationReading.Broken>(Reading(given, host ?? SomeMachine.Root)).Problems.Select(problem => problem.ToString())];

    private static ConfigurationReading Reading(Given given, HostFacts host) => DescribedService.Read(
        "superserver run", given, ["tcp:127.0.0.1:0"],
        host with { UserNames = () => ["root", "nobody"], Look = path => path.StartsWith("/bin/", StringComparison.Ordinal) ? new FileFacts(FileKind.Regular, UnixFileMode.UserExecute) : host.Look(path) });
}
