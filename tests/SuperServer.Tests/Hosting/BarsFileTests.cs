using System.Diagnostics;
using SuperServer.Hosting;

namespace SuperServer.Tests.Hosting;

public sealed class BarsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("superserver-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "bars");

    [Fact]
    public void What_is_written_is_read()
    {
        var text = string.Concat(Enumerable.Range(0, 10_000).Select(number => $"line {number} – of many\n"));

        Assert.Null(new BarsFile(_folder).Write(text));

        Assert.Equal((text, null), new BarsFile(_folder).Read());
        Assert.Equal(["bars"], Directory.GetFiles(_folder).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public void No_file_is_no_bars_and_no_trouble() => Assert.Equal(("", null), new BarsFile(_folder).Read());

    [Fact]
    public void It_is_for_its_owner_alone()
    {
        File.WriteAllText(Path, "old");
        File.SetUnixFileMode(Path, (UnixFileMode)0b110_100_100);

        Assert.Null(new BarsFile(_folder).Write("new"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_link_is_not_followed_when_it_is_read_and_replaced_when_it_is_written()
    {
        var target = System.IO.Path.Combine(_folder, "target");
        File.WriteAllText(target, "secret");
        File.CreateSymbolicLink(Path, target);
        File.CreateSymbolicLink(Path + ".new", target);
        var file = new BarsFile(_folder);

        Assert.Equal("", file.Read().Text);
        Assert.Contains("bars", file.Read().Why, StringComparison.Ordinal);
        Assert.Null(file.Write("new"));

        Assert.Equal("secret", File.ReadAllText(target));
        Assert.Equal(("new", null), file.Read());
        Assert.Null(new FileInfo(Path).LinkTarget);
    }

    [Fact]
    public void A_folder_in_its_place_is_named_and_the_rest_cleared_away()
    {
        Directory.CreateDirectory(Path);
        var file = new BarsFile(_folder);

        Assert.Contains(Path, file.Read().Why, StringComparison.Ordinal);
        Assert.Contains(Path, file.Write("text"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(Path, "a file");

        Assert.Contains(Path, new BarsFile(System.IO.Path.Combine(Path, "below")).Write("text"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_behind_is_there_soon_and_failures_are_told_once()
    {
        var file = new BarsFile(_folder);

        Assert.True(file.TryWriteBehind("one"));
        WaitFor(() => file.TryWriteBehind("two"));
        Assert.Null(file.Write("three"));
        Assert.Equal("three", file.Read().Text);
        Assert.Null(file.TakeFailure());

        Directory.Delete(_folder, recursive: true);
        File.WriteAllText(_folder, "in the way");
        Assert.True(file.TryWriteBehind("four"));
        string? why = null;
        WaitFor(() => (why = file.TakeFailure()) is not null);
        Assert.Contains(_folder, why, StringComparison.Ordinal);
        Assert.Null(file.TakeFailure());
        File.Delete(_folder);
        Directory.CreateDirectory(_folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void WaitFor(Func<bool> condition)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); Thread.Sleep(5))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "it never happened");
        }
    }
}
