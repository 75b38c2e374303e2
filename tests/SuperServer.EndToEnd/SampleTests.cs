using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>The handlers that people copy, as they lie in src/Handlers/Samples, in every mode that they serve.</summary>
public sealed class SampleTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_shell_sample_answers_with_what_is_harmless_in_a_name(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Sample.Services(folder, "Shell/fortune-teller"));

        Assert.Matches("^Hello Ada, your number is [0-9]{1,2}\\.\r\n$", await Client.Ask(daemon.Address("fortune"), "Ada\n"));
        Assert.StartsWith("Hello id2Jetc, your", await Client.Ask(daemon.Address("fortune"), "$(id)\e[2J/etc\n"), StringComparison.Ordinal);
        Assert.StartsWith("Hello stranger", await Client.Ask(daemon.Address("fortune"), ";\n"), StringComparison.Ordinal);
        Assert.Empty(await Client.Ask(daemon.Address("fortune"), ""));
        Assert.Equal("told 127.0.0.1 a number", (await daemon.Log.WaitFor(Said.Says, "fortune"))["Line"]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_python_sample_serves_streams_and_datagrams_by_its_own_file(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Sample.Services(folder, "Python/upper"));
        using var client = new DatagramClient(daemon.Address("upper-datagrams", "udp"));

        Assert.Equal("HELLO", await Client.Ask(daemon.Address("upper"), "hello"));
        Assert.Equal("HELLO", await client.Ask("hello"));
    }

    [Theory]
    [InlineData("tcp:127.0.0.1:0", "nowait")]
    [InlineData("tcp:127.0.0.1:0", "wait")]
    [InlineData("udp:127.0.0.1:0", "nowait")]
    [InlineData("udp:127.0.0.1:0", "wait")]
    public async Task The_python_sample_serves_whatever_is_on_its_descriptor_0(string listen, string mode)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Sample.Install(folder, "Python/upper");
        await using var daemon = await RunningDaemon.Start(folder, $$"""
            [service.upper]
            listen = "{{listen}}"
            handler = "upper"
            mode = "{{mode}}"
            options = { idle = 0.3 }
            """);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("HELLO", await Ask(daemon, listen[..3]));
        }

        await daemon.Log.WaitForCount(1, Said.EndedWithExit, "upper");
        Assert.Equal("HELLO", await Ask(daemon, listen[..3]));      // one that has left is followed by another
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_pool_sample_serves_by_its_own_file(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Sample.Services(folder, "Python/pool-upper.py"));

        Assert.Equal("HELLO\n", await Client.Ask(daemon.Address("pool-upper"), "hello\n"));
    }

    [Theory]
    [InlineData("Shell/fortune-teller")]
    [InlineData("Python/upper")]
    public void The_documentation_shows_the_sample_as_it_is(string program)
    {
        var page = File.ReadAllText(Path.Combine(Programs.Project, "docs/handlers/README.md"));

        Assert.Contains(File.ReadAllText(Path.Combine(Sample.Folder, program)), page, StringComparison.Ordinal);
    }

    private static async Task<string> Ask(RunningDaemon daemon, string scheme)
    {
        if (scheme == "tcp")
        {
            return await Client.Ask(daemon.Address("upper"), "hello");
        }

        using var client = new DatagramClient(daemon.Address("upper", "udp"));
        return await client.Ask("hello");
    }
}
