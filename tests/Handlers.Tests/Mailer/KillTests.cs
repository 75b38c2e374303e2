using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed partial class KillTests : IDisposable
{
    private const int Kills = 30;

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void No_recorded_event_is_missing_from_the_mails_or_in_two_of_them_wherever_the_mailer_is_killed()
    {
        var recorded = new ConcurrentQueue<string>();
        using (var stop = new CancellationTokenSource())
        {
            var writer = new Thread(() => Record(recorded, stop.Token));
            writer.Start();
            for (var i = 0; i < Kills; i++)
            {
                if (i % 10 == 0)
                {
                    MakeRotationDue();
                }

                using var mailer = MailerProcess.Start(_workshop, MailerProcess.Quick(_workshop));
                Thread.Sleep(Random.Shared.Next(1200));
                if (i % 6 == 5)
                {
                    WaitForMoreThan(_workshop.Mails().Length);
                }

                mailer.Kill();
                mailer.End();
            }

            stop.Cancel();
            writer.Join();
        }

        Assert.True(_workshop.Mails().Length > 3, "the mailer lived long enough to be killed while mailing");
        Assert.NotEmpty(new Lane(_workshop.LanePath).RotatedNumbers());
        Assert.Equal(0, RunToTheEnd());
        AssertMailedOnce(recorded.Count);
        Assert.Equal(recorded.Order(), Stored().Order());
    }

    // Empty lines are nothing, however many.
    private void MakeRotationDue() => _workshop.Append([.. Enumerable.Repeat((byte)'\n', (int)Rotation.LargestJournal)]);

    // On a busy machine it would else be killed each time before it comes to mailing.
    private void WaitForMoreThan(int mails) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(20);
                return _workshop.Mails().Length > mails;
            },
            TimeSpan.FromSeconds(30)));

    private int RunToTheEnd()
    {
        using var mailer = MailerProcess.Start(_workshop, MailerProcess.Quick(_workshop));
        return mailer.End().Code;
    }

    private void Record(ConcurrentQueue<string> recorded, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var touches = Enumerable.Range(0, 4).Select(_ => Workshop.SomeTouch()).ToArray();
            _workshop.Append([.. touches.Select(AlertWriter.Write)]);
            _workshop.Append([.. touches.Select(Workshop.EndOf).Select(AlertWriter.Write)]);
            foreach (var touch in touches)
            {
                recorded.Enqueue(touch.Id);
            }

            Thread.Sleep(10);
        }
    }

    /// <summary>The ranges of all mails follow one another without a gap, and each mail found all of its events.</summary>
    private void AssertMailedOnce(long count)
    {
        var next = 1L;
        foreach (var (mail, first, last) in _workshop.Mails().Select(Range).OrderBy(range => range.First))
        {
            Assert.Equal(next, first);
            Assert.Contains(", complete", mail, StringComparison.Ordinal);
            Assert.DoesNotContain("damaged", mail, StringComparison.Ordinal);
            next = last + 1;
        }

        Assert.Equal(count, next - 1);
    }

    internal static (string Mail, long First, long Last) Range(string mail)
    {
        var range = Sequence().Match(mail);
        Assert.True(range.Success);
        return (mail, long.Parse(range.Groups[1].ValueSpan), long.Parse(range.Groups[2].ValueSpan));
    }

    private List<string> Stored()
    {
        using var connection = new SqliteConnection($"Data Source={_workshop.StorePath}/alerts.db;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM event WHERE duration IS NOT NULL";
        using var rows = command.ExecuteReader();
        var ids = new List<string>();
        while (rows.Read())
        {
            ids.Add(rows.GetString(0));
        }

        return ids;
    }

    [GeneratedRegex(@"seq=(\d+)-(\d+)")]
    private static partial Regex Sequence();
}
