using System.Text.Json;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Records;

public sealed class RecordKillTests : IDisposable
{
    private const int Kills = 8;

    private readonly Workshop _workshop = new();

    private string EventLog => Path.Combine(_workshop.Root, "tripwire.jsonl");

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void Every_event_reaches_every_feed_and_a_number_is_always_the_same_line_wherever_the_mailer_is_killed()
    {
        // Every third batch is taken, and then the connection is reset: the mailer cannot know.
        using var server = new WebServer((number, stream, stop) => WebServer.Say(stream, number % 3 == 0 ? "" : WebServer.Ok, stop));
        var recorded = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var mailer = MailerProcess.Start(_workshop, Options(server));
            recorded += Record(20);
            Thread.Sleep(Random.Shared.Next(300, 900));
            mailer.Kill();
            mailer.End();
        }

        using (var last = MailerProcess.Start(_workshop, Options(server)))
        {
            Assert.True(SpinWait.SpinUntil(() => Sequences(Forwarded(server)).Count() == recorded, TimeSpan.FromSeconds(60)), "everything is forwarded");
        }

        AssertComplete(recorded, Forwarded(server));
        AssertComplete(recorded, [.. File.ReadAllLines(EventLog).Where(line => line.EndsWith('}'))]);
    }

    private string Options(WebServer server) => MailerProcess.Quick(_workshop).TrimEnd().TrimEnd('}')
        + $",\"event_log\":\"{EventLog}\",\"forward\":{{\"url\":\"{server.Address}\"}}}}";

    private int Record(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var touch = Workshop.SomeTouch();
            _workshop.Append(AlertWriter.Write(touch), AlertWriter.Write(Workshop.EndOf(touch)));
        }

        return count;
    }

    private static List<string> Forwarded(WebServer server) =>
        [.. server.Requests.SelectMany(request => request.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    private static IEnumerable<long> Sequences(IEnumerable<string> lines) => lines.Select(line => Member(line, "seq")).Distinct().Order();

    // At least once, and recognisable as one.
    private static void AssertComplete(int recorded, List<string> lines)
    {
        Assert.Equal(Enumerable.Range(1, recorded).Select(seq => (long)seq), Sequences(lines));
        Assert.All(lines.GroupBy(line => Member(line, "n")), same => Assert.Single(same.Distinct()));
        Assert.Equal(Enumerable.Range(1, recorded).Select(n => (long)n), lines.Select(line => Member(line, "n")).Distinct().Order());
    }

    private static long Member(string line, string name)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty(name).GetInt64();
    }
}
