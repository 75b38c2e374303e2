using System.Diagnostics;

namespace SuperServer.EndToEnd.Harness;

/// <summary>Waits for what is bound to happen, and fails in words when it has not happened by the deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(10);

    public static async Task<T> Get<T>(Func<T?> ask, string what, int seconds = 15)
        where T : class
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed.TotalSeconds < seconds; await Task.Delay(_glance))
        {
            if (ask() is { } answer)
            {
                return answer;
            }
        }

        return ask() ?? throw new TimeoutException($"within {seconds} s there was no {what}");
    }

    public static Task Holds(Func<bool> condition, string what, int seconds = 15) =>
        Get(() => condition() ? string.Empty : null, what, seconds);
}
