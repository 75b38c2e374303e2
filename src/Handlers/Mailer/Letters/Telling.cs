namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Decides whether first bytes are worth a place in a table of many: words such as <c>SSH-2.0-Go</c> name the tool, the options that
/// every telnet client opens with say nothing. Of one visitor alone all of them are shown.
/// </summary>
internal static class Telling
{
    private const int LeastWord = 4;
    private const int MostShown = 40;

    public static string Of(byte[] bytes)
    {
        var end = bytes.AsSpan().TrimEnd("\r\n\0 "u8);
        var readable = 0;
        foreach (var value in end)
        {
            readable += value is >= (byte)' ' and <= (byte)'~' ? 1 : 0;
        }

        return readable >= LeastWord && readable * 4 >= end.Length * 3 ? Clean.Bytes(end, MostShown) : "";
    }
}
