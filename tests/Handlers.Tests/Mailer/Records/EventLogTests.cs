using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Records;

public sealed class EventLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eventlog-").FullName;
    private readonly EventLog _log;

    public EventLogTests() => _log = new EventLog(FilePath);

    private string FilePath => Path.Combine(_folder, "tripwire.jsonl");

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Lines_are_appended_to_a_file_that_strangers_cannot_read()
    {
        Assert.Equal(2, _log.Take([Line(1), Line(2)]));
        Assert.Equal(1, _log.Take([Line(3)]));

        Assert.Equal("{1}\n{2}\n{3}\n", File.ReadAllText(FilePath));
#pragma warning disable CA1416 // there is only one platform
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(FilePath));
#pragma warning restore CA1416
    }

    [Fact]
    public void A_file_that_is_renamed_gets_a_successor()
    {
        _log.Take([Line(1)]);
        File.Move(FilePath, FilePath + ".1");

        _log.Take([Line(2)]);

        Assert.Equal(("{1}\n", "{2}\n"), (File.ReadAllText(FilePath + ".1"), File.ReadAllText(FilePath)));
    }

    [Fact]
    public void A_file_that_somebody_made_in_its_place_is_used()
    {
        _log.Take([Line(1)]);
        File.Move(FilePath, FilePath + ".1");
        File.WriteAllText(FilePath, "");

        _log.Take([Line(2)]);

        Assert.Equal("{2}\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_file_that_is_truncated_goes_on_at_its_beginning()
    {
        _log.Take([Line(1)]);
        File.WriteAllText(FilePath, "");

        _log.Take([Line(2)]);

        Assert.Equal("{2}\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Half_a_line_stands_by_itself()
    {
        File.WriteAllText(FilePath, "{1}\n{2");

        _log.Take([Line(2)]);

        Assert.Equal("{1}\n{2\n{2}\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        File.CreateSymbolicLink(FilePath, Path.Combine(_folder, "elsewhere"));
        File.WriteAllText(Path.Combine(_folder, "elsewhere"), "");

        Assert.Throws<IOException>(() => _log.Take([Line(1)]));
        Assert.Empty(File.ReadAllText(Path.Combine(_folder, "elsewhere")));
    }

    [Fact]
    public void A_full_device_is_no_success()
    {
        using var full = new EventLog("/dev/full");

        Assert.Contains("/dev/full is not a regular file", Assert.Throws<IOException>(() => full.Take([Line(1)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told_by_its_name() =>
        Assert.Contains("/nonexistent/log", Assert.Throws<IOException>(() =>
        {
            using var log = new EventLog("/nonexistent/log");
            log.Take([Line(1)]);
        }).Message, StringComparison.Ordinal);

    private static RecordLine Line(int number) => new(number, $"{{{number}}}");
}
