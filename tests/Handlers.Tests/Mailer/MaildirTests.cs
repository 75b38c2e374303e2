using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class MaildirTests : IDisposable
{
    private static readonly Parcel _parcel = new(1, "ss.1-3.6f1c9a@web1", [.. "Subject: x\n\ntext\n"u8])
    {
        Sender = "from@example.org",
        Recipients = ["a@example.org", "b@example.org"],
        MadeAt = ManualClock.Start,
    };

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task A_mail_is_one_file_for_all_recipients()
    {
        var attempt = await Deliver();

        Assert.Equal(_parcel.Recipients, attempt.Accepted);
        Assert.Equal(["Subject: x\n\ntext\n"], _workshop.Mails());
        Assert.Empty(Files("tmp"));
    }

    [Fact]
    public async Task A_repeated_attempt_makes_no_second_file()
    {
        await Deliver();
        await Deliver();

        Assert.Single(Files("new"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":2,S")]
    public async Task A_mail_that_was_read_meanwhile_is_not_delivered_again(string flags)
    {
        await Deliver();
        var file = Files("new")[0];
        File.Move(file, Path.Combine(_workshop.MaildirPath, "cur", Path.GetFileName(file) + flags));

        await Deliver();
        Assert.Empty(Files("new"));
    }

    [Fact]
    public async Task What_a_crash_left_in_tmp_is_written_anew()
    {
        await Deliver();
        var name = Path.GetFileName(Files("new")[0]);
        File.Delete(Files("new")[0]);
        Workshop.Write(Path.Combine(_workshop.MaildirPath, "tmp", name), "half a ma");

        await Deliver();
        Assert.Equal(["Subject: x\n\ntext\n"], _workshop.Mails());
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_a_failure_and_no_crash()
    {
        Workshop.Write(_workshop.MaildirPath, "in the way");

        var attempt = await Deliver();
        Assert.Empty(attempt.Accepted);
        Assert.Contains(_workshop.MaildirPath, attempt.Failure!.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hosts_name_cannot_lead_out_of_the_maildir()
    {
        await new MaildirTransport(_workshop.MaildirPath, "../../etc:x").Deliver(_parcel, TestContext.Current.CancellationToken);

        Assert.EndsWith(".ss.1-3.6f1c9a..._.._etc_x", Files("new")[0], StringComparison.Ordinal);
    }

    private Task<Attempt> Deliver() =>
        new MaildirTransport(_workshop.MaildirPath, "web1").Deliver(_parcel, TestContext.Current.CancellationToken);

    private string[] Files(string part) => Directory.GetFiles(Path.Combine(_workshop.MaildirPath, part));
}
