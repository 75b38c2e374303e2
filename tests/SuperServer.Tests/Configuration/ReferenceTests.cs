using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>
/// docs/configuration.md and the files that we ship say what the reader does. Which keys there are, the reader tells itself: it
/// lists them when it is given one that it does not know.
/// </summary>
public sealed class ReferenceTests
{
    private const string Stranger = "qqqqqqqqqqqqqqqq";

    private static readonly string _reference = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

    /// <summary>Every key that the reader knows of a service.</summary>
    public static IReadOnlyList<string> KeysOfServices => KeysOf($"[service.telnet]\n{Stranger} = 1");

    /// <summary>The chapter that describes a table, and the table with a key that nobody knows.</summary>
    public static TheoryData<string, string> Tables => new()
    {
        { "## Top level", $"{Stranger} = 1" },
        { "## `[service.NAME]`", $"[service.telnet]\n{Stranger} = 1" },
        { "## `[daemon]`", $"[daemon]\n{Stranger} = 1" },
        { "### How many and how fast", $"[service.telnet]\nrate = {{ {Stranger} = 1 }}" },
        { "## `[service.NAME]`", $"[service.telnet]\nsource_prefix = {{ {Stranger} = 1 }}" },
        { "### Behind a proxy, and TLS", $"[service.telnet]\ntls = {{ {Stranger} = 1 }}" },
        { "### Behind a proxy, and TLS", $"[service.telnet]\ntls = {{ hosts = {{ \"www.example.org\" = {{ {Stranger} = 1 }} }} }}" },
        { "## `[log]`", $"[log]\n{Stranger} = 1" },
        { "## `[alerts]`", $"[alerts]\n{Stranger} = 1" },
        { "### `[[alerts.transport]]`", $"alerts.transport = [{{ kind = \"smtp\", {Stranger} = 1 }}]" },
        { "### `[[alerts.transport]]`", $"alerts.transport = [{{ kind = \"sendmail\", {Stranger} = 1 }}]" },
        { "### `[[alerts.transport]]`", $"alerts.transport = [{{ kind = \"maildir\", {Stranger} = 1 }}]" },
        { "### `[[alerts.transport]]`", $"alerts.transport = [{{ kind = \"webhook\", {Stranger} = 1 }}]" },
        { "### `[[alerts.transport]]`", $"alerts.transport = [{{ kind = \"exec\", {Stranger} = 1 }}]" },
        { "### `[[alerts.transport]]`", $"alerts.transport = [{{ kind = \"log\", {Stranger} = 1 }}]" },
        { "### Options of the built-in handlers", $"[service.telnet]\nhandler = \"notelnet\"\noptions.{Stranger} = 1" },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_key_that_the_reader_knows_stands_in_the_reference(string chapter, string text)
    {
        var keys = KeysOf(text);

        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Contains($"`{key}`", Chapter(chapter), StringComparison.Ordinal));
    }

    [Fact]
    public void The_reference_describes_no_key_of_a_service_that_the_reader_does_not_know() =>
        Assert.Equal(KeysOfServices, DescribedIn(Chapter("## `[service.NAME]`")).Order(StringComparer.Ordinal));

    [Fact]
    public void The_reference_describes_no_key_of_alerts_that_the_reader_does_not_know() =>
        Assert.Equal(KeysOf($"[alerts]\n{Stranger} = 1"), DescribedIn(Chapter("## `[alerts]`")).Order(StringComparer.Ordinal));

    [Fact]
    public void What_services_have_and_defaults_have_not_is_said() =>
        Assert.Equal(
            ["argv0", "exec", "handler", "listen", "listen_names", "options", "proxy_protocol", "tls"],
            KeysOf($"[service.telnet]\n{Stranger} = 1").Except(KeysOf($"[defaults]\n{Stranger} = 1")));

    [Fact]
    public void The_examples_in_the_reference_have_no_mistakes()
    {
        var examples = _reference.Split("```toml\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)]).ToList();

        Assert.True(examples.Count >= 5, $"{examples.Count} examples");
        Assert.All(examples, example => Assert.Empty(MachineForExamples.Problems(
            example.Contains("notelnet", StringComparison.Ordinal) && !example.Contains("[alerts]", StringComparison.Ordinal)
                ? example + "\n[alerts]\nto = \"you@example.org\"\ntransport = [{ kind = \"sendmail\" }]\n"
                : example)));
    }

    [Fact]
    public void The_files_that_we_ship_have_no_mistakes_asleep_or_awake()
    {
        var folder = Path.Combine(Repository.Root, "config");
        var texts = Directory.GetFiles(folder, "*.toml", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllText);
        Assert.True(texts.Count >= 4, $"{texts.Count} files in {folder}");

        foreach (var awaken in new[] { false, true })
        {
            var host = MachineForExamples with
            {
                ReadFile = file => new FileReading.Contents(System.Text.Encoding.UTF8.GetBytes(
                    awaken ? texts[file].Replace("enabled = false", "", StringComparison.Ordinal) : texts[file])),
                NamesIn = Directories.NamesIn,
            };

            var reading = ConfigurationReader.Read(Path.Combine(folder, "superserver.toml"), host);
            Assert.Empty((reading as ConfigurationReading.Broken)?.Problems ?? []);
            var configuration = Assert.IsType<ConfigurationReading.Valid>(reading).Configuration;
            Assert.Equal(awaken ? 8 : 2, configuration.Services.Count);
            Assert.Equal(awaken ? 0 : 6, configuration.Disabled.Count);
        }
    }

    [Fact]
    public void The_defaults_in_the_shipped_file_are_the_defaults()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "config", "superserver.toml"));
        var spelledOut = text.Replace("# user = \"nobody\"", "user = \"nobody\"", StringComparison.Ordinal)
            .Replace("# max_connections", "max_connections", StringComparison.Ordinal)
            .Replace("# umask", "umask", StringComparison.Ordinal)
            .Replace("# run_dir", "run_dir", StringComparison.Ordinal)
            .Replace("# state_dir", "state_dir", StringComparison.Ordinal)
            .Replace("# handlers_dir", "handlers_dir", StringComparison.Ordinal)
            .Replace("# level", "level", StringComparison.Ordinal)
            .Replace("# format", "format", StringComparison.Ordinal)
            .Replace("# user = \"superserver-mail\"", "user = \"superserver-mail\"", StringComparison.Ordinal)
            .Replace("# settle", "settle", StringComparison.Ordinal)
            .Replace("# gaps", "gaps", StringComparison.Ordinal)
            .Replace("# calm", "calm", StringComparison.Ordinal)
            .Replace("# resolve", "resolve", StringComparison.Ordinal)
            .Replace("# path", "path", StringComparison.Ordinal);

        var (plain, spelled) = (MachineForExamples.Read(text), MachineForExamples.Read(spelledOut));

        Assert.NotEqual(text, spelledOut);
        Assert.Equal(plain, spelled);
    }

    private const uint KeyOwner = 401;

    /// <summary>Where somebody followed the advice of the files and installed what they name.</summary>
    private static HostFacts MachineForExamples => SomeMachine.Root with
    {
        ReadSet = _ => new FileReading.Contents([]),
        UserByName = name => SomeMachine.Root.UserByName(name) ?? name switch
        {
            "notelnet" => new UserAccount(name, 400, 400),
            "superserver-tls" => new UserAccount(name, KeyOwner, KeyOwner),
            _ => null,
        },
        Services = new Lazy<ServicesDatabase>(ServicesDatabase.Parse("telnet 23/tcp\nssh 22/tcp\nhttps 443/tcp\nrsync 873/tcp\ntftp 69/udp\n")),
        Look = path => path is "/usr/sbin/in.tftpd" or "/usr/bin/rsync" or "/usr/local/bin/web" or "/usr/lib/superserver/superserver-tls" ? SomeMachine.Root.Look("/bin/cat")
            : path is "/etc/ssl/web.pem" ? new FileFacts(FileKind.Regular, UnixFileMode.UserRead | UnixFileMode.OtherRead)
            : path is "/etc/ssl/private/web.key" ? new FileFacts(FileKind.Regular, UnixFileMode.UserRead, KeyOwner)
            : path.EndsWith("/smtp-password", StringComparison.Ordinal) ? SomeMachine.Root.Look("/etc/secret")
            : path is "/etc/ssl/private" || Directory.Exists(path) ? new FileFacts(FileKind.Directory, (UnixFileMode)0b111_101_101)
            : SomeMachine.Root.Look(path),
    };

    private static string[] KeysOf(string text)
    {
        var message = Assert.Single(SomeMachine.Root.Problems(text), problem => problem.Contains($"'{Stranger}'", StringComparison.Ordinal));
        return message[(message.IndexOf("(it has ", StringComparison.Ordinal) + 8)..].TrimEnd(')').Split(", ");
    }

    /// <summary>From a heading to the next of any level.</summary>
    private static string Chapter(string heading)
    {
        var start = _reference.IndexOf(heading + "\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"no chapter {heading}");
        var end = _reference.IndexOf("\n#", start + heading.Length, StringComparison.Ordinal);
        return _reference[start..(end < 0 ? _reference.Length : end)];
    }

    private static IEnumerable<string> DescribedIn(string chapter) =>
        chapter.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);
}
