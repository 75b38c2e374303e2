namespace SuperServer.Handlers.BuiltIn.Saying;

/// <summary>Ends of lines as the protocols of the Internet have them.</summary>
internal static class LineEnds
{
    public static string ForNetwork(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
}
