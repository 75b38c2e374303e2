using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>The pages of the built-in handlers in docs/handlers say what the reader does, as <see cref="ReferenceTests"/> has it of the rest.</summary>
public sealed class HandlerPagesTests
{
    private const string Stranger = "qqqqqqqqqqqqqqqq";

    private static readonly HostFacts _machine = SomeMachine.Root with
    {
        Services = new Lazy<ServicesDatabase>(ServicesDatabase.Parse("qotd 17/tcp\nfinger 79/tcp\nauth 113/tcp ident\nssh 22/tcp\n")),
    };

    public static TheoryData<string> Handlers => ["file", "ident", "qotd", "redirect", "tcpmux"];

    [Theory]
    [MemberData(nameof(Handlers))]
    public void The_examples_have_no_mistakes(string handler)
    {
        var examples = Page(handler).Split("```toml\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)]).ToList();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Empty(_machine.Problems(example)));
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public void Every_option_is_described_and_no_other(string handler)
    {
        var described = Page(handler).Split('\n')
            .SkipWhile(line => !line.StartsWith("| option |", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith('|'))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

        Assert.Equal(OptionsOf(handler), described.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public void The_handler_stands_in_the_table_of_handlers_with_its_page(string handler)
    {
        var table = File.ReadAllText(Path.Combine(Repository.Root, "docs", "handlers", "README.md"));

        Assert.Contains($"| `{handler}` | ", table, StringComparison.Ordinal);
        Assert.Contains($"[{handler}.md]({handler}.md)", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_reach_the_handler_as_they_were_written() =>
        Assert.Equal(
            """{"to":["tcp:db.example.org:5432","unix:@db"],"proxy":"v2","connect_timeout":"500ms"}""",
            _machine.Read("""
                [service.db]
                listen = "tcp:5432"
                handler = "redirect"
                options = { to = ["tcp:db.example.org:5432", "unix:@db"], proxy = "v2", connect_timeout = "500ms" }
                """).Services[0].Environment.Single(variable => variable.Name == "SUPERSERVER_OPTIONS").Value);

    private static string Page(string handler) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "handlers", $"{handler}.md"));

    private static string[] OptionsOf(string handler)
    {
        var problems = _machine.Problems($"[service.ssh]\nhandler = \"{handler}\"\noptions.{Stranger} = 1");
        var message = Assert.Single(problems, problem => problem.Contains($"'{Stranger}'", StringComparison.Ordinal));
        return message[(message.IndexOf("(it has ", StringComparison.Ordinal) + 8)..].TrimEnd(')').Split(", ");
    }
}
