using System.Text.RegularExpressions;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Somebody who has never written a handler types what docs/handlers/first-handler.md says, and nothing else.</summary>
public sealed partial class NewcomerTests : IDisposable
{
    private const int SecondsOfPatience = 300;      // a compiler is at work, beside all other tests

    private readonly string _desk = Directory.CreateTempSubdirectory("superserver-newcomer-").FullName;

    [Fact]
    public async Task From_dotnet_new_to_a_running_service()
    {
        PrepareDesk();
        var commands = Commands();

        var typed = await Command.Run(Surroundings, string.Empty, SecondsOfPatience, "bash", "-euo", "pipefail", "-c", commands);

        var output = typed.Succeeded();
        Assert.Equal(2, output.Split("Hello, Ada!").Length - 1);        // by try, and by connect
        var log = await File.ReadAllTextAsync(Path.Combine(_desk, "serve.log"), Deadline.Soon);
        Assert.Contains("says: greets Ada", log, StringComparison.Ordinal);
        Assert.Contains("ended: exit 0", log, StringComparison.Ordinal);
        var program = new FileInfo(Path.Combine(_desk, "greeter/out/greeter"));
        Assert.True(program.Exists && Directory.GetFiles(program.DirectoryName!).Length == 1, "one native file");
    }

    [Fact]
    public void The_template_asks_for_the_version_that_is_built()
    {
        var version = Version().Match(File.ReadAllText(Path.Combine(Programs.Project, "Directory.Build.props"))).Groups[1].Value;
        var template = File.ReadAllText(Path.Combine(
            Programs.Project, "src/Handlers/Templates/superserver-handler/src/Greeter/Greeter.csproj"));

        Assert.Contains($"Include=\"SuperServer.Handlers\" Version=\"{version}\"", template, StringComparison.Ordinal);
        Assert.Contains($"SuperServer.Templates.{version}.nupkg", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_the_method_of_the_template()
    {
        var shown = CSharp().Match(Page).Groups[1].Value;
        var template = File.ReadAllLines(Path.Combine(
            Programs.Project, "src/Handlers/Templates/superserver-handler/src/Greeter/Talk.cs"));

        Assert.NotEmpty(shown);
        Assert.Contains(shown, string.Concat(template.Select(line => $"{(line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : line)}\n")), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_desk, recursive: true);

    private static string Page { get; } = File.ReadAllText(Path.Combine(Programs.Project, "docs/handlers/first-handler.md"));

    // Nothing of the machine's own is touched, and no registry is asked: what the project itself was restored with is enough.
    private Dictionary<string, string> Surroundings => new()
    {
        ["PATH"] = $"{Programs.Folder}:{Environment.GetEnvironmentVariable("PATH")}",
        ["DOTNET_CLI_HOME"] = Path.Combine(_desk, "home"),
        ["NUGET_PACKAGES"] = Path.Combine(_desk, "packages"),
        ["NUGET_FALLBACK_PACKAGES"] = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages"),
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
    };

    private void PrepareDesk()
    {
        File.SetUnixFileMode(_desk, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(Path.Combine(_desk, "superserver"));
        File.CreateSymbolicLink(Path.Combine(_desk, "superserver/out"), Path.Combine(Programs.Project, "out"));
        File.WriteAllText(Path.Combine(_desk, "nuget.config"), "<configuration><packageSources><clear /></packageSources></configuration>");
    }

    // The page's blocks in their order: script/build was there before the tests, and what is typed in another terminal goes on meanwhile.
    private string Commands()
    {
        var blocks = Shell().Matches(Page).Select(block => block.Groups[1].Value).Where(block => !block.StartsWith("script/build", StringComparison.Ordinal));
        return $"cd '{_desk}/superserver'\n" + string.Concat(blocks.Select(block => block.StartsWith("superserver serve", StringComparison.Ordinal)
            ? InAnotherTerminal(block.TrimEnd())
            : block)) + $"for i in $(seq 50); do ! grep -q 'ended' '{_desk}/serve.log' || break; sleep 0.1; done\nkill $daemon\nwait $daemon\n";
    }

    private string InAnotherTerminal(string command) => $$"""
        {{command}} >'{{_desk}}/serve.log' 2>&1 &
        daemon=$!
        for i in $(seq 100); do ! grep -q 'serving 1' '{{_desk}}/serve.log' || break; sleep 0.1; done

        """;

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Shell();

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex Version();
}
