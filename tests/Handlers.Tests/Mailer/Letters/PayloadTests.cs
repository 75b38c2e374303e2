using System.Net;
using System.Text.Json;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Letters;

public sealed class PayloadTests : IDisposable
{
    private static readonly IPAddress _visitor = IPAddress.Parse("203.0.113.7");

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void It_tells_what_the_mail_tells_for_programs()
    {
        var (letter, json) = Written("web1");

        Assert.Equal((1, "first", "web1"), (json.GetProperty("v").GetInt32(), Text(json, "kind"), Text(json, "host")));
        Assert.Equal(("feedfeedfeedfeed", "outside", "warning"), (Text(json, "machine"), Text(json, "class"), Text(json, "severity")));
        Assert.Equal(($"superserver/feedfeedfeedfeed/{letter.MessageId.Split('@')[0]}", "superserver/feedfeedfeedfeed/outside"), (Text(json, "dedup_key"), Text(json, "group_key")));
        Assert.Equal((letter.Subject, letter.MessageId), (Text(json, "subject"), Text(json, "message_id")));
        Assert.Contains("Ref    7KQ2M4", Text(json, "text"), StringComparison.Ordinal);
        Assert.Equal((1, 1, 1, 1), (Number(json, "connections"), Number(json, "addresses"), Number(json, "first_seq"), Number(json, "last_seq")));
        Assert.True(json.GetProperty("complete").GetBoolean());
        Assert.Equal("""[{"host":"web1","connections":1}]""", json.GetProperty("hosts").GetRawText());
        Assert.Equal(
            """[{"service":"telnet","proto":"tcp","port":23,"connections":1,"addresses":1}]""", json.GetProperty("services").GetRawText());
        Assert.Equal(
            """
            [{"src":"203.0.113.7","name":"scan7.example.net","name_state":"confirmed","connections":1,
            "first":"2026-11-22T23:28:47.103Z","last":"2026-11-22T23:28:47.103Z"}]
            """.Replace("\n", "", StringComparison.Ordinal),
            json.GetProperty("busiest").GetRawText());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(253)]
    public void Keys_are_no_longer_than_receivers_take(int length)
    {
        var (_, json) = Written(new string('w', length), machine: null);

        Assert.InRange(Text(json, "dedup_key").Length, 20, 255);
        Assert.InRange(Text(json, "group_key").Length, 20, 255);
    }

    [Fact]
    public void A_test_message_is_one_and_alarms_nobody()
    {
        var letter = new LetterWriter("web1", Options("feedfeedfeedfeed")).WriteTest(SomeMoment, "webhook");
        var json = JsonDocument.Parse(letter.Payload).RootElement;

        Assert.Equal(("test", "info"), (Text(json, "kind"), Text(json, "severity")));
        Assert.Contains("nothing happened", Text(json, "subject"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mail_of_many_hosts_says_which_they_were_and_one_of_this_host_does_not()
    {
        var here = Text(Written("web1").Json, "text");
        _workshop.Append(
            AlertWriter.Write(Workshop.SomeTouch() with { Host = "db1" }), AlertWriter.Write(Workshop.SomeTouch() with { Host = "db1" }));
        var many = Text(Written("web1").Json, "text");

        Assert.DoesNotContain("Recorded on", here, StringComparison.Ordinal);
        Assert.Contains("Recorded on db1: 2 connections.\nRecorded on web1: 2 connections.\n", many.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_composed_is_what_every_attempt_hands_over()
    {
        var (letter, _) = Written("web1");
        Compose(letter);
        var errand = new Errand(_workshop.Store.DueMails()[0], new Station("webhook", Always: false), letter.Recipients);

        var parcel = _workshop.Store.Parcel(errand, "from@example.org", new House("web1", null));

        Assert.Equal(letter.Payload, parcel.Payload);
        Assert.Equal(letter.Subject, parcel.Subject);
    }

    [Fact]
    public void A_mail_that_an_older_version_composed_has_one_too()
    {
        var (letter, _) = Written("web1");
        Compose(letter with { Payload = [] });
        var errand = new Errand(_workshop.Store.DueMails()[0], new Station("webhook", Always: false), letter.Recipients);

        var json = JsonDocument.Parse(_workshop.Store.Parcel(errand, "from@example.org", new House("web1", null)).Payload).RootElement;

        Assert.Equal(letter.Subject, Text(json, "subject"));
        Assert.Contains("Ref    7KQ2M4", Text(json, "text"), StringComparison.Ordinal);
    }

    private static Moment SomeMoment => new(ManualClock.Start, ManualClock.Start.AddMinutes(5), TimeZoneInfo.Utc, "6f1c9a");

    private void Compose(Letter letter) => _workshop.Store.Compose(
        letter,
        new SavedStream(Phase.Holding, 0, ManualClock.Start, ManualClock.Start, ManualClock.Start) { Id = StreamId.Outside });

    private (Letter Letter, JsonElement Json) Written(string host, string? machine = "feedfeedfeedfeed")
    {
        _workshop.Append(AlertWriter.Write(Workshop.SomeTouch()));
        _workshop.NewIntake().TakeIn();
        var names = new Dictionary<IPAddress, Finding> { [_visitor] = new(FindingState.Confirmed, "scan7.example.net") };
        var letter = new LetterWriter(host, Options(machine)).Write(MailKind.First, _workshop.Store.Pending(), names, SomeMoment);
        return (letter, JsonDocument.Parse(letter.Payload).RootElement);
    }

    private static MailerOptions Options(string? machine) => OptionsReader.Read(
        $$"""{"to":"admin@example.org","from":"from@example.org"{{(machine is null ? "" : $",\"machine\":\"{machine}\"")}},"transport":[{"kind":"log"}]}""", "web1");

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
