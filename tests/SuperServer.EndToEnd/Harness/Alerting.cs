namespace SuperServer.EndToEnd.Harness;

/// <summary>Pieces of configuration for tests of the tripwire.</summary>
internal static class Alerting
{
    /// <summary>Tripwires that mail to a maildir, the first mail at once and the next ones a second apart.</summary>
    public static string ToMaildir(PrivateFolder folder, string settle = "200ms") => To(
        $"""
        kind = "maildir"
        path = "{folder.At("maildir")}"
        """,
        Rhythm(settle));

    /// <summary>For everybody: a visitor from 127.0.0.1 is one from inside.</summary>
    public static string Rhythm(string settle, string gap = "1s") => $"""
        settle = "{settle}"
        gaps = ["{gap}"]
        mails_per_hour = 1000
        mails_per_day = 1000
        inside_settle = "{settle}"
        inside_gaps = ["{gap}"]
        inside_mails_per_hour = 1000
        inside_mails_per_day = 1000
        host_mails_per_hour = 1000
        summary = "never"
        """;

    public static string To(string transport) => To(transport, Rhythm("200ms"));

    public static string To(string transport, string settings) => $"""
        [alerts]
        to = "admin@example.org"
        from = "superserver@example.org"
        host = "web1"
        {settings}

        [[alerts.transport]]
        {transport}

        """;

    /// <summary>A tripwire, as root under the user that is made for it.</summary>
    public static string Tripwire(Who who, string name, string onConnect, string settings = "") => $"""
        [service.{name}]
        listen = "tcp:127.0.0.1:0"
        handler = "notelnet"
        {(who == Who.Root ? """user = "notelnet" """ : string.Empty)}
        {settings}

        [service.{name}.options]
        on_connect = "{onConnect}"

        """;

    /// <summary>Tripwires for telnet and ssh, and where their mail goes: a maildir that the mailer may write to.</summary>
    public static string TelnetAndSsh(PrivateFolder folder)
    {
        PrepareMaildir(folder);
        return ToMaildir(folder) + Tripwire(folder.Owner, "telnet", "message") + Tripwire(folder.Owner, "ssh", "close");
    }

    public static void PrepareMaildir(PrivateFolder folder)
    {
        folder.Create("maildir");
        if (folder.Owner == Who.Root)
        {
            Machine.GiveTo("superserver-mail", folder.At("maildir"));
        }
    }
}
