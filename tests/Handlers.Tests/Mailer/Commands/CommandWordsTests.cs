using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>What was typed behind a command.</summary>
public sealed class CommandWordsTests
{
    [Fact]
    public void Options_stand_anywhere_and_their_values_behind_them_or_behind_an_equals_sign()
    {
        var words = Read("test", "--to=a@example.org", "--verbose", "--to", "b@example.org", "--json");

        Assert.Equal(["a@example.org", "b@example.org"], words.Texts("--to"));
        Assert.True(words.IsJson && words.Has("--verbose"));
        Assert.Null(words.Text("--transport"));
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("24h", 86_400)]
    [InlineData("7d", 604_800)]
    public void A_length_of_time_has_a_unit(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read("report", "--since", text).Time("--since"));

    [Theory]
    [InlineData("7", "7w", "-1d", "d", "", "0h", "99999999999d", "1.5h")]
    public void Anything_else_is_none(params string[] texts) => Assert.All(
        texts,
        text => Assert.Equal(64, Assert.Throws<CommandException>(() => Read("report", $"--since={text}").Time("--since")).ExitCode));

    [Theory]
    [InlineData("'status' knows no option '--loud'", "status", "--loud")]
    [InlineData("'status' is called so: superserver alert status [--json]", "status", "now")]
    [InlineData("'show' is called so: superserver alert show ID [--json]", "show")]
    [InlineData("'--json' takes no value", "status", "--json=1")]
    [InlineData("'--to' wants ADDRESS behind it", "test", "--to")]
    [InlineData("'report' knows no option '--\\u{1b}[2J'", "report", "--\u001b[2J")]
    public void What_the_command_does_not_know_is_refused_with_the_place_of_its_help(string words, string command, params string[] typed)
    {
        var refusal = Assert.Throws<CommandException>(() => Read(command, typed));

        Assert.Equal(64, refusal.ExitCode);
        Assert.Equal($"{words}; see superserver alert {command} --help", refusal.Message);
    }

    [Fact]
    public void The_help_of_every_command_names_all_that_may_stand_behind_it() => Assert.All(
        CommandForms.All,
        form =>
        {
            var page = form.Page();
            Assert.StartsWith($"superserver alert {form.Name} ", page, StringComparison.Ordinal);
            Assert.All(form.AllOptions, option => Assert.Contains($"\n  {option.Spelling}", page, StringComparison.Ordinal));
            Assert.Contains("Exit codes: 0 ", page, StringComparison.Ordinal);
            Assert.Contains($"  {form.Name}", Usage.Text, StringComparison.Ordinal);
        });

    private static CommandWords Read(string command, params string[] words) => CommandWords.Read(CommandForms.Named(command)!, words);
}
