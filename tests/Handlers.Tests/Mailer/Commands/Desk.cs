using System.Globalization;
using System.Net;
using System.Text.Json;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>The commands in this process, beside a workshop's store, with a clock that stands still.</summary>
internal sealed class Desk(Workshop workshop, string options = Desk.Silent)
{
    public const string Silent =
        """{"to":["admin@example.org"],"from":"superserver@web1.example.org","resolve":"off","transport":[{"kind":"maildir","path":"/nonexistent"}]}""";

    public string Tripwires { get; init; } = "[]";

    public IReadOnlyList<string> IgnoredAt { get; init; } = [];

    /// <summary>What it prints; the exit code is 0.</summary>
    public string Says(params string[] command)
    {
        var (code, output) = Run(command);
        Assert.Equal(0, code);
        return output;
    }

    public (int Code, string Output) Run(params string[] command)
    {
        workshop.Restart();
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var surroundings = new Surroundings(workshop.Spool, workshop.StorePath, "web1", options, null) { Tripwires = Tripwires, IgnoredAt = IgnoredAt };
        try
        {
            return (new AlertCommands(surroundings, OptionsReader.Read(options, "web1"), output, workshop.Clock).Obey(command), $"{output}");
        }
        catch (CommandException refusal)
        {
            return (refusal.ExitCode, refusal.Message);
        }
    }

    /// <summary>The answer as JSON: one line of plain ASCII, whose version is 1.</summary>
    public JsonElement Answers(params string[] command)
    {
        var line = Says([.. command, "--json"]);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain(line[..^1], letter => letter is < ' ' or > '~');
        var answer = JsonDocument.Parse(line).RootElement;
        Assert.Equal(1, answer.GetProperty("version").GetInt32());
        return answer;
    }

    /// <summary>Takes in what is in the spool, and writes the mail about it at its time.</summary>
    public static void Mail(Workshop workshop)
    {
        var options = OptionsReader.Read(Silent, "web1");
        var composer = new Composer(
            workshop.Store, new NameDesk(workshop.Store, null), new LetterWriter("web1", options), options, workshop.Clock);
        composer.Took(workshop.NewIntake().TakeIn().Taken);
        workshop.Clock.Pass(TimeSpan.FromSeconds(5));
        composer.Compose(composer.Due()!.Value, TimeSpan.Zero, () => true);
    }

    /// <summary>A touch, and its end with these bytes.</summary>
    public static IEnumerable<byte[]> Visit(string address, string service = "telnet", int port = 23, string sent = "")
    {
        var touch = Workshop.SomeTouch() with
        {
            Service = service,
            Source = new AlertSource(IPAddress.Parse(address), 40112, Neighbourhoods.Of(IPAddress.Parse(address)), Mapped: false),
            Target = new AlertTarget(IPAddress.Parse("198.51.100.20"), port),
        };
        return [AlertWriter.Write(touch), AlertWriter.Write(Workshop.EndOf(touch) with { First = System.Text.Encoding.Latin1.GetBytes(sent) })];
    }
}
