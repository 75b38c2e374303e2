using System.Text;
using CsCheck;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class IntakeTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void What_was_recorded_is_taken_in_once()
    {
        _workshop.Touch(3);
        var intake = _workshop.NewIntake();

        Assert.Equal(3, intake.TakeIn().Touches);
        Assert.Equal(0, intake.TakeIn().Touches);
        _workshop.Touch(2);
        _workshop.Restart();
        Assert.Equal(2, _workshop.NewIntake().TakeIn().Touches);
    }

    [Fact]
    public void A_record_is_waited_for_until_its_line_is_whole()
    {
        var record = AlertWriter.Write(Workshop.SomeTouch());
        File.AppendAllBytes(_workshop.Journal, record[..50]);
        var intake = _workshop.NewIntake();
        Assert.Equal(0, intake.TakeIn().Touches);

        File.AppendAllBytes(_workshop.Journal, [.. record[50..], (byte)'\n']);
        Assert.Equal(1, intake.TakeIn().Touches);
        Assert.Equal(0, Pending.Damaged);
    }

    [Fact]
    public void A_torn_record_costs_no_other_and_is_counted()
    {
        File.AppendAllBytes(_workshop.Journal, AlertWriter.Write(Workshop.SomeTouch())[..50]);
        _workshop.Touch();

        Assert.Equal(1, _workshop.NewIntake().TakeIn().Touches);
        Assert.Equal(1, Pending.Damaged);
    }

    [Fact]
    public void An_altered_record_is_damaged()
    {
        var record = AlertWriter.Write(Workshop.SomeTouch());
        record[60] ^= 1;
        _workshop.Append(record);

        Assert.Equal(0, _workshop.NewIntake().TakeIn().Touches);
        Assert.Equal(1, Pending.Damaged);
    }

    [Fact]
    public void A_record_of_a_later_version_is_counted_apart()
    {
        _workshop.Append(Sealed("""{"v":2,"t":"shed","id":"x" """));

        _workshop.NewIntake().TakeIn();
        Assert.Equal((0, 1), (Pending.Damaged, Pending.Unfamiliar));
    }

    [Fact]
    public void Only_numbers_are_lanes()
    {
        var stranger = Path.Combine(_workshop.Spool, "lost+found");
        Directory.CreateDirectory(stranger);
        File.Copy(_workshop.Journal, Path.Combine(stranger, "journal.jsonl"));
        File.AppendAllBytes(Path.Combine(stranger, "journal.jsonl"), [.. AlertWriter.Write(Workshop.SomeTouch()), (byte)'\n']);

        Assert.Equal(0, _workshop.NewIntake().TakeIn().Touches);
    }

    [Fact]
    public void A_lane_that_cannot_be_read_keeps_nobody_from_the_others()
    {
        var broken = Path.Combine(_workshop.Spool, "1");
        Directory.CreateDirectory(broken);
        File.CreateSymbolicLink(Path.Combine(broken, "journal.jsonl"), _workshop.Journal);
        _workshop.Touch();

        Assert.Equal(1, _workshop.NewIntake().TakeIn().Touches);
    }

    [Fact]
    public void A_journal_that_was_made_anew_is_read_from_its_beginning()
    {
        _workshop.Touch(3);
        var intake = _workshop.NewIntake();
        intake.TakeIn();

        File.Delete(_workshop.Journal);
        File.WriteAllBytes(_workshop.Journal, []);
        _workshop.Touch(5);
        Assert.Equal(5, intake.TakeIn().Touches);
    }

    [Fact]
    public void A_writer_without_end_is_read_in_bounded_rounds()
    {
        _workshop.Touch();
        using (var journal = new FileStream(_workshop.Journal, FileMode.Append))
        {
            var noise = Encoding.ASCII.GetBytes(new string('x', LineCutter.LongestLine * 2));
            for (var i = 0; i < 200; i++)
            {
                journal.Write(noise);
            }
        }

        _workshop.Touch();
        var intake = _workshop.NewIntake();
        var first = intake.TakeIn();
        Assert.Equal((1, true), (first.Touches, first.More));
        intake.TakeIn();
        Assert.Equal((2, 1), (Pending.Held, Pending.Damaged));
    }

    [Fact]
    public void No_bytes_of_a_writer_stop_the_intake()
    {
        var touch = Encoding.ASCII.GetString(AlertWriter.Write(Workshop.SomeTouch()));
        string[] values =
        [
            "null", "-1", "1e999", "99999999999999999999", "{}", "[]", "true", "\"\"", "\"\\ud800\"", "\"9999-99-99\"",
            "\"999.1.1.1\"", "\"\u00ff\"", "\"10000-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00Z\"",
        ];
        string[] members = [.. touch.Split(',', ':').Where(part => part.Length > 0 && !part.StartsWith('{') && part != "\"c\"")];
        var intake = _workshop.NewIntake();
        Gen.Select(Gen.Int[0, members.Length - 1], Gen.Int[0, values.Length - 1]).Sample(
            (member, value) =>
            {
                var body = touch[..touch.LastIndexOf(",\"c\"", StringComparison.Ordinal)];
                var hostile = body.Replace(members[member], values[value], StringComparison.Ordinal);
                _workshop.Append(Sealed(hostile));
                intake.TakeIn();
                Pending.Services.ToString();
            },
            iter: 300,
            threads: 1);

        _workshop.Touch();
        Assert.Equal(1, intake.TakeIn().Touches);
        Assert.True(Pending.IsComplete);
    }

    private Summary Pending => _workshop.Store.Pending();

    private static byte[] Sealed(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body.TrimEnd());
        return [.. bytes, .. Encoding.ASCII.GetBytes($",\"c\":\"{Crc32C.Of(bytes):x8}\"}}")];
    }
}
