using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Finds fault with <c>[service.NAME.options]</c> of the handler <c>ident</c>.</summary>
internal static class IdentOptions
{
    private const string Fixed = "fixed";
    private const int LongestToken = 512;

    public static void Check(TableReader options)
    {
        var reply = options.Find("reply", Values.Word("hidden", "uid", "name", Fixed));
        var token = options.Find("token", Token);
        if (reply is { Value: Fixed } && !options.Owns("token"))
        {
            options.Report(reply.Place, "reply = \"fixed\" needs 'token', the one word that everybody is told");
        }
        else if (reply is not { Value: Fixed } && token is not null)
        {
            options.Report(token.Place, "'token' is what reply = \"fixed\" says: set that, or leave it out");
        }

        options.Find("idle", HandlerOptions.IdleTimes);
        options.RefuseTheRest();
    }

    /// <summary>Which holds without any options as well.</summary>
    public static void CheckListening(TableReader table, IReadOnlyList<ListenEntry> listening)
    {
        foreach (var entry in listening.Where(entry => entry.Endpoints[0].Transport is not (Transport.Tcp or Transport.Handed)))
        {
            table.Report(entry.Place, $"{Printable.Quoted(entry.Text)} is no place for 'ident', which is asked over TCP: write \"tcp:113\"");
        }
    }

    private static Reading<string> Token(TomlNode node) => Values.Text(node) switch
    {
        { Value: { } token } when token.Length > LongestToken || token.Any(letter => letter is < ' ' or > '~') =>
            new Objection($"must be up to {LongestToken} printable ASCII characters"),
        var reading => reading,
    };
}
