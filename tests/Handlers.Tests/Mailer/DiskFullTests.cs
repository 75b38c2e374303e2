using System.Diagnostics;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>The program itself, with its store on a disk of eight megabytes that somebody fills.</summary>
public sealed class DiskFullTests : IDisposable
{
    private const int Recorded = 3000;

    // In a mount namespace of its own; whoever is outside says by files what is to happen next.
    private const string Script = """
        mount -t tmpfs -o size=8m tmpfs "$SUPERSERVER_STORE" || exit 99
        "$MAILER" &
        until [ -s "$SUPERSERVER_STORE/ballast" ]; do sleep 0.1; done
        dd if=/dev/zero of="$SUPERSERVER_STORE/filler" bs=4k 2>"$ROOT/dd"
        : >"$ROOT/full"
        until [ -e "$ROOT/clean" ]; do sleep 0.1; done
        rm "$SUPERSERVER_STORE/filler"
        wait $!
        """;

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_full_disk_is_said_in_a_mail_and_loses_nothing()
    {
        Assert.SkipUnless(MayMount(), "needs unshare(1) and the right to mount in a namespace of its own");
        using var process = Start();
        WaitFor(() => File.Exists(Path.Combine(_workshop.Root, "full")), "the disk to fill");
        _workshop.Touch(Recorded);
        WaitFor(() => _workshop.Mails().Any(mail => mail.Contains("was full at", StringComparison.Ordinal)), "the mail that says so");
        Assert.True(Told() < Recorded, "the disk was not full at all");

        File.WriteAllText(Path.Combine(_workshop.Root, "clean"), "");
        WaitFor(() => Told() == Recorded, "all the rest");
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, process.ExitCode);
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("unshare", ["-rm", "sh", "-c", Script]);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["MAILER"] = Path.Combine(AppContext.BaseDirectory, "superserver-mailer");
        start.Environment["ROOT"] = _workshop.Root;
        start.Environment["SUPERSERVER_HOST"] = "web1";
        start.Environment["SUPERSERVER_SPOOL"] = _workshop.Spool;
        start.Environment["SUPERSERVER_STORE"] = _workshop.StorePath;
        start.Environment["SUPERSERVER_OPTIONS"] = MailerProcess.Quick(_workshop).Replace("\"linger_ms\":300", "\"linger_ms\":15000", StringComparison.Ordinal);
        return Process.Start(start)!;
    }

    private static bool MayMount()
    {
        try
        {
            using var trial = Process.Start("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
            return trial.WaitForExit(TimeSpan.FromSeconds(30)) && trial.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private long Told() => _workshop.Mails().Select(KillTests.Range).Select(range => range.Last - range.First + 1).Sum();

    private static void WaitFor(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)), $"waited in vain for {what}");
}
