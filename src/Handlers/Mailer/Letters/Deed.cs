using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>What a single visitor did, in a line.</summary>
internal static class Deed
{
    private const int MostShown = 60;

    public static Phrase Of(AlertEvent only)
    {
        var greeting = Greeting(only.Action);
        if (only.Ending is not { } ending)
        {
            return $"{greeting}, how it ended is not recorded";
        }

        Phrase words = $"{greeting}, {Close(ending.Why)} after {Duration(ending.Duration)}";
        return ending switch
        {
            { BytesIn: <= 0 } => words,
            { Bytes.Length: 0 } => words + $"; sent {Count.Of(ending.BytesIn, "byte")}",
            _ => words + $"; sent {Count.Of(ending.BytesIn, "byte")}: " + Phrase.Value(Clean.Bytes(ending.Bytes, MostShown)),
        };
    }

    private static string Greeting(string action) => action switch
    {
        "message" => "got the notice",
        "reset" => "was reset",
        "tarpit" => "was held in the tarpit",
        _ => "got no answer",
    };

    private static string Close(string why) => why switch
    {
        "peer-closed" => "closed",
        "peer-reset" => "reset",
        "drained" => "was closed",
        "timeout" => "was cut off",
        "limit" => "was cut off for sending much",
        _ => $"ended ({Clean.Text(why, 30)})",
    };

    private static string Duration(TimeSpan duration) => duration < TimeSpan.FromMinutes(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s")
        : Span.Short(duration);
}
