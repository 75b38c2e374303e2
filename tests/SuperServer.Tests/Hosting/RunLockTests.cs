using SuperServer.Hosting;

namespace SuperServer.Tests.Hosting;

public sealed class RunLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("superserver-").FullName;

    [Fact]
    public void A_second_daemon_is_kept_out_and_told_who_is_in()
    {
        using var first = RunLock.Take(_folder).Lock;

        var (second, why) = RunLock.Take(_folder);

        Assert.NotNull(first);
        Assert.Null(second);
        Assert.EndsWith($"pid {Environment.ProcessId}", why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lock_is_free_again_when_the_first_is_gone()
    {
        RunLock.Take(_folder).Lock!.Dispose();

        using var second = RunLock.Take(_folder).Lock;

        Assert.NotNull(second);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        Assert.Contains("nowhere/superserver.pid", RunLock.Take(Path.Combine(_folder, "nowhere")).Why, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
