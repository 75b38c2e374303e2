using SuperServer.Commands.Try;
using SuperServer.Reaping;

namespace SuperServer.Tests.Commands.Try;

/// <summary>An ending in words.</summary>
public sealed class VerdictTests
{
    [Theory]
    [InlineData(0, null, false, "ended well (exit code 0)")]
    [InlineData(3, null, false, "ended with exit code 3")]
    [InlineData(77, null, false, "ended with exit code 77 (EX_NOPERM: the daemon would bar the client, if the service has a 'penalty')")]
    [InlineData(null, 13, false, "was ended by signal 13 (SIGPIPE: it wrote to a client that had gone)")]
    [InlineData(null, 15, false, "was ended by signal 15 (SIGTERM)")]
    [InlineData(null, 15, true, "was told to end when its client had gone, and did")]
    [InlineData(null, 44, false, "was ended by signal 44")]
    public void It_says_how(int? exitCode, int? signal, bool wasDismissed, string words) =>
        Assert.Equal(words, Verdict.How(new Ending(exitCode, signal, TimeSpan.Zero), wasDismissed));

    [Theory]
    [InlineData(20, 10, "20.0 MiB at most")]
    [InlineData(10, 10, "less than 10.0 MiB")]
    public void It_claims_no_memory_that_was_ours(long megabytes, long ours, string words) =>
        Assert.Equal(words, Verdict.Memory(new Resources(default, default, default, megabytes << 20, ours << 20)));
}
