using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>[daemon], [log], the files that are read, and what is said of those that cannot be.</summary>
public sealed class MainFileTests
{
    private const string Service = """
        [service.telnet]
        exec = ["/bin/cat"]

        """;

    [Fact]
    public void An_empty_file_is_a_configuration_without_services()
    {
        var configuration = SomeMachine.Root.Read("");

        Assert.Equal(
            new ServerConfiguration
            {
                File = "superserver.toml",
                Daemon = new DaemonDefinition
                {
                    RunDirectory = "/run/superserver",
                    StateDirectory = "/var/lib/superserver",
                    HandlersDirectory = "/usr/lib/superserver",
                },
                Services = [],
            },
            configuration);
    }

    [Fact]
    public void Directories_are_relative_to_the_file()
    {
        var daemon = SomeMachine.Root.Read("""
            [daemon]
            run_dir = "run"
            state_dir = "../state"
            handlers_dir = "/opt/handlers"
            """).Daemon;

        Assert.Equal(Path.GetFullPath("run"), daemon.RunDirectory);
        Assert.Equal(Path.GetFullPath("../state"), daemon.StateDirectory);
        Assert.Equal("/opt/handlers", daemon.HandlersDirectory);
    }

    [Fact]
    public void An_ordinary_user_without_a_runtime_directory_runs_below_the_state()
    {
        Assert.Equal("/home/alice/.local/state/superserver/run", SomeMachine.Alice.Read("").Daemon.RunDirectory);
        Assert.Equal("/srv/x/run", SomeMachine.Alice.Read("daemon.state_dir = \"/srv/x\"").Daemon.RunDirectory);
        Assert.Equal("/run/user/1000/superserver", (SomeMachine.Alice with { RunDirectory = "/run/user/1000/superserver" }).Read("").Daemon.RunDirectory);
    }

    [Fact]
    public void The_log_says_as_much_as_it_is_told_to() =>
        Assert.Equal(new LogDefinition { Level = LogLevel.Warning, Format = LogFormat.Json }, SomeMachine.Root.Read("[log]\nlevel = \"warning\"\nformat = \"json\"").Log);

    [Fact]
    public void A_file_read_twice_is_the_same_configuration()
    {
        const string Text = "[alerts]\nto = \"you@example.org\"\ntransport = [{ kind = \"sendmail\" }]\n" + Service + "listen = [\"tcp:7\", \"unix:/run/x\"]\nenv.LANG = \"C\"\n";

        Assert.Equal(SomeMachine.Root.Read(Text), SomeMachine.Root.Read(Text));
    }

    [Fact]
    public void Included_services_follow_in_the_order_of_their_names_in_the_C_locale()
    {
        var host = SomeMachine.Root
            .WithFile("services.d/b.toml", "service.b = { exec = [\"/bin/cat\"], listen = \"tcp:2\" }")
            .WithFile("services.d/B.toml", "service.capital = { exec = [\"/bin/cat\"], listen = \"tcp:3\" }")
            .WithFile("services.d/a.toml", "service.a = { exec = [\"/bin/cat\"], listen = \"tcp:1\" }")
            .WithFile("services.d/.a.toml.swp.toml", "this is an editor's")
            .WithFile("services.d/a.toml.bak", "this is nobody's")
            .WithFile("extra.toml", "service.extra = { exec = [\"/bin/cat\"], listen = \"tcp:4\" }");

        Assert.Equal(
            ["telnet", "capital", "a", "b", "extra"],
            host.Read("include = [\"services.d/*.toml\", \"extra.toml\", \"services.d/a.toml\", \"nosuch.d/*\"]\n" + Service).Services.Select(service => service.Name));
    }

    [Fact]
    public void A_pattern_may_find_the_main_file_and_does_not_read_it_again() =>
        Assert.Single(SomeMachine.Root.Read("include = \"*.toml\"\n" + Service).Services);

    [Fact]
    public void Services_of_includes_take_the_defaults_of_the_main_file() =>
        Assert.Equal(7, SomeMachine.Root.WithFile("a.toml", Service).ReadService("include = \"a.toml\"\ndefaults.backlog = 7").Backlog);

    [Fact]
    public void Includes_are_looked_for_beside_the_file_that_names_them()
    {
        var host = SomeMachine.Root
            .WithFile("/etc/superserver/superserver.toml", "include = [\"services.d/*.toml\"]")
            .WithFile("/etc/superserver/services.d/x.toml", "[service.x]\nusr = 1");

        var broken = Assert.IsType<ConfigurationReading.Broken>(ConfigurationReader.Read("/etc/superserver/superserver.toml", host));
        Assert.All(broken.Problems, problem => Assert.Equal("/etc/superserver/services.d/x.toml", problem.Place.File));
    }

    [Fact]
    public void A_directory_that_cannot_be_searched_is_a_mistake() =>
        Assert.Equal(
            ["1:11: 'services.d' cannot be searched for '*.toml'"],
            (SomeMachine.Root with { NamesIn = _ => null, Look = _ => new FileFacts(FileKind.Directory) }).Problems("include = \"services.d/*.toml\""));

    [Fact]
    public void A_file_that_cannot_be_opened_is_a_problem_of_another_kind()
    {
        var broken = Assert.IsType<ConfigurationReading.Broken>(ConfigurationReader.Read("nosuch.toml", SomeMachine.Root));

        Assert.True(broken.CannotBeOpened);
        Assert.Equal("nosuch.toml: the configuration file does not exist", Assert.Single(broken.Problems).ToString());
    }

    [Fact]
    public void An_include_that_cannot_be_opened_is_a_mistake_of_the_file_that_names_it()
    {
        var host = SomeMachine.Root.WithFile("superserver.toml", "include = \"a.toml\"");

        var broken = Assert.IsType<ConfigurationReading.Broken>(ConfigurationReader.Read("superserver.toml", host));

        Assert.False(broken.CannotBeOpened);
        Assert.Equal("superserver.toml:1:11: file 'a.toml' does not exist", Assert.Single(broken.Problems).ToString());
    }
}
