using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>What a single visitor did, in a line.</summary>
internal static class Deed
{
    public static string Of(AlertEvent only) => string.Join("; ", Parts(only));

    private static IEnumerable<string> Parts(AlertEvent only)
    {
        var greeting = only.Action == "message" ? "got the notice" : "got no answer";
        if (only.Ending is not { } ending)
        {
            yield return $"{greeting}, how it ended is not recorded";
            yield break;
        }

        yield return string.Create(
            CultureInfo.InvariantCulture, $"{greeting}, {Close(ending.Why)} after {ending.Duration.TotalSeconds:0.0} s");
        if (ending.BytesIn > 0)
        {
            yield return ending.Bytes.Length == 0
                ? $"sent {Count.Of(ending.BytesIn, "byte")}"
                : $"sent {Count.Of(ending.BytesIn, "byte")}: {Clean.Bytes(ending.Bytes, 60)}";
        }
    }

    private static string Close(string why) => why switch
    {
        "peer-closed" => "closed",
        "peer-reset" => "reset",
        "drained" => "was closed",
        "timeout" => "was cut off",
        "limit" => "was cut off for sending much",
        _ => $"ended ({Clean.Text(why, 30)})",
    };
}
