using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;

namespace SuperServer.Tests.Hosting;

public sealed class AlertSpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("superserver-").FullName;

    private string Lane => Path.Combine(_folder, "spool", "1234");

    private ServerConfiguration Configuration => new()
    {
        File = "superserver.toml",
        Daemon = new DaemonDefinition { RunDirectory = _folder, StateDirectory = _folder, HandlersDirectory = _folder },
        Services = [],
        Alerts = new AlertsDefinition
        {
            Mailer = Some.Self with { Uid = 4321, Gid = 5432, IsSwitched = true },
            SpoolDirectory = Path.Combine(_folder, "spool"),
            StoreDirectory = Path.Combine(_folder, "mailer"),
            Writers = [1234],
        },
    };

    [Fact]
    public void Writers_may_append_to_their_lane_and_only_the_mailer_may_read_it()
    {
        Assert.SkipUnless(Libc.geteuid() == 0, "needs root: folders change hands");

        Assert.Null(AlertSpool.LayOut(Configuration));

        Assert.Equal((0x41e9, 0u, 5432u), Look(Path.Combine(_folder, "spool")));            // drwxr-x--x
        Assert.Equal((0x45c8, 4321u, 1234u), Look(Lane));                                   // drwx--s---
        Assert.Equal((0x8190, 4321u, 1234u), Look(Path.Combine(Lane, "journal.jsonl")));    // -rw--w----
        Assert.Equal((0x81b0, 4321u, 1234u), Look(Path.Combine(Lane, "overflow.bin")));     // -rw-rw----
        Assert.Equal((0x41c0, 4321u, 5432u), Look(Path.Combine(_folder, "mailer")));        // drwx------
    }

    [Fact]
    public void The_event_log_has_a_folder_that_readers_of_logs_may_enter()
    {
        Assert.SkipUnless(Libc.geteuid() == 0, "needs root: folders change hands");
        var logs = Path.Combine(_folder, "logs");

        Assert.Null(AlertSpool.LayOut(Logging(logs)));

        Assert.Equal((0x45e8, 4321u, 777u), Look(logs));    // drwxr-s---
    }

    [Fact]
    public void A_folder_of_logs_that_is_there_is_left_as_it_is()
    {
        Assert.SkipUnless(Libc.geteuid() == 0, "needs root: folders change hands");
        var logs = Directory.CreateDirectory(Path.Combine(_folder, "logs"), UnixFileMode.UserRead | UnixFileMode.UserExecute).FullName;

        Assert.Null(AlertSpool.LayOut(Logging(logs)));

        Assert.Equal((0x4140, 0u, 0u), Look(logs));
    }

    private ServerConfiguration Logging(string folder) => Configuration with
    {
        Alerts = Configuration.Alerts! with { EventLogDirectory = folder, EventLogReaders = 777 },
    };

    [Fact]
    public void The_counters_are_there_from_the_beginning_as_zeros_and_are_left_alone_ever_after()
    {
        Assert.SkipUnless(Libc.geteuid() == 0, "needs root: folders change hands");
        var counters = Path.Combine(Lane, "overflow.bin");

        Assert.Null(AlertSpool.LayOut(Configuration));
        Assert.Equal(new byte[65_536], File.ReadAllBytes(counters));
        File.WriteAllBytes(counters, [1, 2, 3]);
        Assert.Null(AlertSpool.LayOut(Configuration));

        Assert.Equal([1, 2, 3], File.ReadAllBytes(counters));
        Assert.Equal(2, Directory.GetFiles(Lane).Length);
    }

    [Fact]
    public void A_link_in_the_place_of_the_counters_is_not_followed()
    {
        Assert.SkipUnless(Libc.geteuid() == 0, "needs root: folders change hands");
        AlertSpool.LayOut(Configuration);
        File.Delete(Path.Combine(Lane, "overflow.bin"));
        File.CreateSymbolicLink(Path.Combine(Lane, "overflow.bin"), Path.Combine(_folder, "elsewhere"));

        Assert.Null(AlertSpool.LayOut(Configuration));

        Assert.False(File.Exists(Path.Combine(_folder, "elsewhere")));
    }

    [Fact]
    public void A_journal_with_records_is_left_as_it_is()
    {
        Assert.SkipUnless(Libc.geteuid() == 0, "needs root: folders change hands");
        AlertSpool.LayOut(Configuration);
        File.WriteAllText(Path.Combine(Lane, "journal.jsonl"), "record");

        Assert.Null(AlertSpool.LayOut(Configuration));

        Assert.Equal("record", File.ReadAllText(Path.Combine(Lane, "journal.jsonl")));
    }

    [Fact]
    public void A_link_in_the_place_of_a_folder_is_not_followed()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(_folder, "spool"), elsewhere);

        Assert.NotNull(AlertSpool.LayOut(Configuration));
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");

        Assert.Contains("/file/run", AlertSpool.MakeFolders(Path.Combine(_folder, "file", "run")), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static (int Mode, uint Owner, uint Group) Look(string path)
    {
        Libc.statx_t status = default;
        Assert.Equal(0, Libc.statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, ref status));
        return (status.stx_mode, status.stx_uid, status.stx_gid);
    }
}
