using System.Net;
using System.Text.Json;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary><c>superserver alert report</c> and <c>preview</c>: looking at what came without touching it.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly Workshop _workshop = new();
    private readonly Desk _desk;

    public ReportTests() => _desk = new Desk(_workshop);

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void It_has_totals_ports_addresses_and_the_identity_of_the_numbers()
    {
        TakeIn([.. Desk.Visit("203.0.113.7", sent: "SSH-2.0-Go"), .. Desk.Visit("203.0.113.7"), .. Desk.Visit("10.1.2.3", "ssh", 22)]);

        var said = _desk.Says("report");

        Assert.StartsWith("3 connections from 2 addresses, 2026-11-22 23:28:47 UTC to 2026-11-22 23:28:47 UTC\n", said, StringComparison.Ordinal);
        Assert.Contains("\n  23/tcp telnet  2            1\n  22/tcp ssh     1            1\n", said, StringComparison.Ordinal);
        Assert.Contains("\n  2            11-22 23:28:47  11-22 23:28:47  203.0.113.7   sent SSH-2.0-Go\n", said, StringComparison.Ordinal);
        Assert.EndsWith("\nevents #1-#3: 3 numbers, complete, 3 not mailed yet\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public void As_JSON_it_says_the_same()
    {
        TakeIn([.. Desk.Visit("203.0.113.7", sent: "SSH-2.0-Go"), .. Desk.Visit("203.0.113.7"), .. Desk.Visit("10.1.2.3", "ssh", 22)]);

        var answer = _desk.Answers("report");

        Assert.Equal((1, 3, 3), (Number(answer, "first"), Number(answer, "last"), Number(answer, "connections")));
        Assert.True(answer.GetProperty("complete").GetBoolean());
        Assert.Equal("2026-11-22T23:28:47.103Z", answer.GetProperty("began").GetString());
        Assert.Equal(
            """{"service":"telnet","protocol":"tcp","port":23,"connections":2,"addresses":1}""", answer.GetProperty("ports")[0].GetRawText());
        Assert.Equal(
            """{"address":"203.0.113.7","name":null,"name_state":null,"connections":2,"first":"2026-11-22T23:28:47.103Z","last":"2026-11-22T23:28:47.103Z","sent":"SSH-2.0-Go"}""",
            answer.GetProperty("sources")[0].GetRawText());
    }

    [Fact]
    public void A_range_is_told_with_all_of_its_addresses_and_the_mails_that_told_it()
    {
        TakeIn([.. Enumerable.Range(1, 30).SelectMany(number => Desk.Visit($"203.0.113.{number}"))]);
        Compose();
        TakeIn([.. Desk.Visit("203.0.113.31")]);

        var range = _desk.Answers("report", "--range", "2-#30");
        var week = _desk.Answers("report");

        Assert.Equal(29, range.GetProperty("sources").GetArrayLength());
        Assert.Equal(20, week.GetProperty("sources").GetArrayLength());
        Assert.Equal((31, 1), (Number(week, "connections"), Number(week, "not_mailed_yet")));
        Assert.Equal(0, Number(range, "not_mailed_yet"));
        var mail = Assert.Single(range.GetProperty("mails").EnumerateArray());
        Assert.Equal((1, 30, "digest", "waiting"), (Number(mail, "first"), Number(mail, "last"), mail.GetProperty("kind").GetString(), mail.GetProperty("state").GetString()));
        Assert.Contains("told in 1 mail: 1 (#1-#30, waiting)\n", _desk.Says("report", "--range", "7"), StringComparison.Ordinal);
        Assert.Contains("  more addresses: 28 connections (--top shows more)\n", _desk.Says("report", "--top", "3"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_older_is_not_in_it()
    {
        TakeIn([.. Desk.Visit("203.0.113.7")]);
        _workshop.Clock.Pass(TimeSpan.FromDays(2));

        Assert.Contains("1 connection ", _desk.Says("report"), StringComparison.Ordinal);
        Assert.Equal("0 connections from 0 addresses\n\nno numbered event\n", _desk.Says("report", "--since", "24h"));
    }

    [Theory]
    [InlineData("--range", "7-3")]
    [InlineData("--range", "1-2-3")]
    [InlineData("--range", "all")]
    [InlineData("--range", "")]
    [InlineData("--since", "week")]
    [InlineData("--top", "0")]
    public void What_cannot_be_meant_is_refused(string option, string value)
    {
        TakeIn([.. Desk.Visit("203.0.113.7")]);

        Assert.Equal(64, _desk.Run("report", option, value).Code);
    }

    [Fact]
    public void Whatever_a_visitor_sends_and_is_called_cannot_move_the_cursor()
    {
        TakeIn([.. Desk.Visit("203.0.113.7", "tel\u001b]0;net\u202e", sent: "GET \u001b[2J / HTTP")]);
        _workshop.Store.Keep(IPAddress.Parse("203.0.113.7"), new Finding(FindingState.Claimed, "evil\u009b2J\u202e.example"));

        var said = _desk.Says("report") + _desk.Says("preview");

        Assert.DoesNotContain(said, letter => letter is not '\n' and (< ' ' or > '~'));
        Assert.Contains(@"GET \x1b[2J / HTTP", said, StringComparison.Ordinal);
        _ = _desk.Answers("report");
        _ = _desk.Answers("preview");
    }

    [Fact]
    public void A_preview_is_the_mail_that_would_be_sent_and_changes_nothing()
    {
        TakeIn([.. Desk.Visit("203.0.113.7")]);
        var before = _desk.Says("queue");

        var said = _desk.Says("preview");
        var answer = _desk.Answers("preview");

        Assert.StartsWith("Due now, to admin@example.org; this is a preview, and nothing was sent:\n\nSubject: [web1] telnet tripwire: 203.0.113.7\n\n", said, StringComparison.Ordinal);
        Assert.Contains("\n  Who    203.0.113.7\n", said, StringComparison.Ordinal);
        Assert.Contains("Event #1, complete.", said, StringComparison.Ordinal);
        Assert.Equal((1, 1, 1), (Number(answer, "first"), Number(answer, "last"), Number(answer, "connections")));
        Assert.StartsWith("<!DOCTYPE html", _desk.Says("preview", "--html"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, _desk.Says("queue"));
        Assert.Equal("1 connection", _workshop.Store.Pending().Connections + " connection");
    }

    [Fact]
    public void Of_a_time_that_is_past_it_shows_what_mails_have_told_already()
    {
        TakeIn([.. Desk.Visit("203.0.113.7"), .. Desk.Visit("203.0.113.8")]);
        Compose();

        Assert.Equal("nothing waits to be told\n", _desk.Says("preview"));
        Assert.Equal(JsonValueKind.Null, _desk.Answers("preview").GetProperty("text").ValueKind);
        Assert.Contains("2 connections from 2 addresses to ports that nobody should use on web1,", _desk.Says("preview", "--since", "1d"), StringComparison.Ordinal);
        _workshop.Clock.Pass(TimeSpan.FromDays(2));
        Assert.Equal("nothing happened in that time\n", _desk.Says("preview", "--since", "1d"));
    }

    [Theory]
    [InlineData("status", """{"version":1,"verdict":"ok","reason":null,"last_sent":null,"mails_waiting":0,"mails_failed":0,"mails_sent":0,"oldest_unsent":null,"last_error":null,"events_in_day":0,"events_in_week":0,"is_pending":false,"next_mail":null,"transports":["maildir /nonexistent"]}""")]
    [InlineData("queue", """{"version":1,"mails":[],"record":{"complete":true,"taken":0,"numbered":0,"counted_only":0,"told":0,"in_mails":0,"in_lost_mails":0,"ignored":0,"pending":0}}""")]
    [InlineData("flush", """{"version":1,"order":"flush","mails":0}""")]
    [InlineData("retry-failed", """{"version":1,"order":"retry-failed","mails":0}""")]
    [InlineData("preview", """{"version":1,"due":null,"subject":null,"to":null,"first":null,"last":null,"connections":null,"text":null,"html":null}""")]
    public void Before_anything_was_recorded_an_answer_has_its_form_as_well(string command, string answer)
    {
        Assert.Equal(answer, _desk.Answers(command).GetRawText());
        Assert.False(File.Exists(Path.Combine(_workshop.StorePath, "alerts.db")));
    }

    private void TakeIn(params byte[][] lines)
    {
        _workshop.Append(lines);
        _ = _workshop.NewIntake().TakeIn();
    }

    private void Compose()
    {
        var letter = new LetterWriter("web1", OptionsReader.Read(Desk.Silent, "web1")).Write(
            MailKind.Digest, _workshop.Store.Pending(), new Dictionary<IPAddress, Finding>(),
            new Moment(_workshop.Clock.GetUtcNow(), _workshop.Clock.GetUtcNow(), TimeZoneInfo.Utc, "abcdef"));
        _workshop.Store.Compose(letter, new Timeline(_workshop.Clock).Save(StreamState.AtRest));
    }

    private static long Number(JsonElement answer, string name) => answer.GetProperty(name).GetInt64();
}
