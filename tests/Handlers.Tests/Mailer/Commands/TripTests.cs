using System.Text.Json;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary><c>superserver alert trip</c>: from the touch to the mail, or to where it stops.</summary>
public sealed class TripTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void Each_step_to_the_mail_is_told_with_its_time()
    {
        using var tripwire = new FakeTripwire(_workshop);
        using var mailer = MailerProcess.Start(_workshop, Quick);

        var (code, said) = Trip(Quick, "telnet");

        Assert.Equal(0, code);
        Assert.Matches(
            """
            ^telnet: touching tcp:127\.0\.0\.1:\d+
              connected  after +\d+ ms
              answered   after +\d+ ms  [^\n]+
              recorded   after +\d+ ms  as 7KQ2M4
              taken in   after +[\d,]+ ms  as event #1, inside
              written    after +[\d,]+ ms  in mail 1: \[web1\] INSIDE host 127\.0\.0\.1 touched telnet tripwire
              sent       after +[\d,]+ ms  to admin@example\.org
            mailed: from the touch to the mail it took .+
            $
            """.ReplaceLineEndings("\n"),
            said);
        Assert.Single(_workshop.Mails());
    }

    [Fact]
    public void As_JSON_the_times_follow_one_another()
    {
        using var tripwire = new FakeTripwire(_workshop);
        using var mailer = MailerProcess.Start(_workshop, Quick);

        var answer = JsonDocument.Parse(Trip(Quick, "telnet", "--json").Said).RootElement;

        Assert.Equal(("mailed", 1), (answer.GetProperty("outcome").GetString(), answer.GetProperty("event").GetInt32()));
        Assert.Equal("sent", answer.GetProperty("mail").GetProperty("state").GetString());
        long[] times = [.. new[] { "recorded_ms", "taken_in_ms", "mail_written_ms", "mail_sent_ms" }.Select(name => answer.GetProperty(name).GetInt64())];
        Assert.Equal(times.Order(), times);
        Assert.True(times[0] >= 0);
    }

    [Fact]
    public void What_the_rhythm_holds_back_is_said_at_once_and_until_when()
    {
        var patient = Quick.Replace("\"gaps_s\":[1]", "\"gaps_s\":[7200],\"inside_gaps_s\":[7200]", StringComparison.Ordinal);
        using var tripwire = new FakeTripwire(_workshop);
        using var mailer = MailerProcess.Start(_workshop, patient);
        Assert.Equal(0, Trip(patient, "telnet").Code);

        var (code, said) = Trip(patient, "telnet", "--wait", "30s");

        Assert.Equal(0, code);
        Assert.Matches(
            @"\nheld: recorded; the mail comes 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC \(in (1 h 59|2 h 0) min\): a mail about visitors from inside went out before", said);
        Assert.Single(_workshop.Mails());
    }

    [Fact]
    public void Somebody_who_is_ignored_gets_no_mail_and_that_is_as_it_should_be()
    {
        var options = Quick.Replace("\"linger_ms\"", "\"ignore\":[\"127.0.0.0/8\"],\"linger_ms\"", StringComparison.Ordinal);
        using var tripwire = new FakeTripwire(_workshop);
        using var mailer = MailerProcess.Start(_workshop, options);

        var (code, said) = Trip(options, "telnet");

        Assert.Equal(0, code);
        Assert.Contains("\nignored: recorded and counted; ", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mail_that_does_not_go_out_is_told_with_what_the_transport_says()
    {
        using var tripwire = new FakeTripwire(_workshop);
        using var mailer = MailerProcess.Start(_workshop, Unreachable);

        var (code, said) = Trip(Unreachable, "telnet", "--wait", "10s");

        Assert.Equal(75, code);
        Assert.True(said.Contains("\nwaiting: recorded and written, but mail 1 has not gone out: smtp 127.0.0.1:1: nobody listens at 127.0.0.1:1", StringComparison.Ordinal), said);
    }

    [Fact]
    public void Without_a_mailer_the_record_is_found_in_the_spool()
    {
        using var tripwire = new FakeTripwire(_workshop);

        var (code, said) = Trip(Quick, "telnet", "--wait", "1s");

        Assert.Equal(75, code);
        Assert.Contains("\nunread: the record is in the spool, but the mailer has not taken it in within 1 s", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_records_nothing_is_no_tripwire()
    {
        using var tripwire = new FakeTripwire(_workshop, records: false);

        var (code, said) = Trip(Quick, "telnet", "--wait", "1s");

        Assert.Equal(69, code);
        Assert.Contains("\nunrecorded: somebody took the visit, but no record of it came", said, StringComparison.Ordinal);
        Assert.Contains("superserver explain 127.0.0.1 telnet", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_daemon_that_does_not_run_is_said()
    {
        using (new FakeTripwire(_workshop))
        {
        }

        var (code, said) = Trip(Quick, "telnet");

        Assert.Equal(69, code);
        Assert.Contains("\nunreachable: nobody listens there: the daemon does not run", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no tripwire 'ssh'; there are trap, sock", "ssh")]
    [InlineData("'trap' has no port 24; it has 23/tcp, 8000/tcp", "trap", "--port", "24")]
    [InlineData("'--port 0': a whole number from 1 to 65535 is wanted", "trap", "--port", "0")]
    [InlineData("'sock' has no socket that can be touched from here: vsock:23", "sock")]
    public void What_is_not_there_cannot_be_touched(string words, params string[] command)
    {
        _workshop.Tripwires = """
            [{"name":"trap","user":"u","mode":"nowait","listen":["tcp:0.0.0.0:23","tcp:[::]:23","tcp:[::]:8000"],"options":{}},
             {"name":"sock","user":"u","mode":"nowait","listen":["vsock:23"],"options":{}}]
            """;
        using var process = MailerProcess.Start(_workshop, Quick, ["trip", .. command]);
        var (code, log, _) = process.End();

        Assert.Equal(64, code);
        Assert.Contains(words, log, StringComparison.Ordinal);
    }

    // The mailer waits for a visit that comes late on a busy machine.
    private string Quick => MailerProcess.Quick(_workshop)
        .Replace("\"settle_ms\":50", "\"settle_ms\":50,\"inside_settle_ms\":50", StringComparison.Ordinal)
        .Replace("\"linger_ms\":300", "\"linger_ms\":120000", StringComparison.Ordinal);

    private static string Unreachable =>
        """
        {"to":["admin@example.org"],"settle_ms":10,"inside_settle_ms":10,"summary":"never","resolve":"off","linger_ms":120000,
         "transport":[{"kind":"smtp","host":"127.0.0.1","port":1,"tls":"none"}]}
        """;

    private (int Code, string Said) Trip(string options, params string[] words)
    {
        using var process = MailerProcess.Start(_workshop, options, ["trip", .. words]);
        var (code, _, output) = process.End();
        return (code, output);
    }
}
