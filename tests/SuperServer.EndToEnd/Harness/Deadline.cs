namespace SuperServer.EndToEnd.Harness;

/// <summary>No test waits for ever.</summary>
internal static class Deadline
{
    public const int Seconds = 15;

    public static CancellationToken Soon => In(Seconds);

    public static CancellationToken In(int seconds) => new CancellationTokenSource(TimeSpan.FromSeconds(seconds)).Token;
}
