using System.Text.Json;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Alerts for programs: webhooks, exec hooks, a collector of records, and where their secrets come from.</summary>
public sealed class HookTests
{
    private const string Secret = "Authorization: Bearer s3cret\n";

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_mail_goes_to_a_mailbox_and_besides_to_a_webhook_and_to_a_program(Who who)
    {
        using var server = new HookServer();
        using var folder = PrivateFolder.For(who);
        folder.WriteProgram("hook", $"#!/bin/sh\ncat > {Hooked(folder)}/json; id -un > {Hooked(folder)}/user\n");
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder) + $"""
            [[alerts.transport]]
            kind = "webhook"
            url = "{server.Address}"
            always = true

            [[alerts.transport]]
            kind = "exec"
            command = ["{folder.At("hook")}"]
            always = true

            """);
        await Client.Hear(daemon.Address("telnet"));

        var mail = await new Maildir(folder.At("maildir")).First();
        var posted = (await server.First()).Body;
        await Eventually.Holds(() => File.Exists(folder.At("hooked/user")) && folder.Read("hooked/user").EndsWith('\n'), "the program's work");

        var json = JsonDocument.Parse(posted).RootElement;
        Assert.Equal(("first", "web1", 1), (json.GetProperty("kind").GetString(), json.GetProperty("host").GetString(), json.GetProperty("connections").GetInt32()));
        Assert.Equal(mail.Subject, json.GetProperty("subject").GetString());
        Assert.StartsWith($"superserver/{json.GetProperty("machine").GetString()}/ss.1-1.", json.GetProperty("dedup_key").GetString(), StringComparison.Ordinal);
        Assert.Equal(posted, folder.Read("hooked/json"));
        Assert.Equal(who == Who.Root ? "superserver-mail\n" : "somebody\n", folder.Read("hooked/user"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_collector_gets_every_record(Who who)
    {
        using var server = new HookServer();
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder, $"forward = '{server.Address}'"));
        for (var i = 0; i < 3; i++)
        {
            await Client.Hear(daemon.Address("telnet"));
        }

        await Eventually.Holds(() => Lines(server).Count == 3, "three lines");

        Assert.Equal([1, 2, 3], Lines(server).Select(line => line.GetProperty("seq").GetInt32()));
        Assert.All(server.Posts, post => Assert.Equal("application/x-ndjson", post.ContentType));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_credential_that_only_the_daemon_may_read_reaches_the_mailer(Who who)
    {
        using var server = new HookServer();
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(
            folder,
            Tripwire(folder, $"forward = '{server.Address}'\nforward_headers_file = 'token'"),
            new Dictionary<string, string> { ["CREDENTIALS_DIRECTORY"] = Credentials(folder) });
        await Client.Hear(daemon.Address("telnet"));

        Assert.Equal("Bearer s3cret", (await server.First()).Authorization);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_command_that_is_typed_has_the_credential_too(Who who)
    {
        using var server = new HookServer();
        using var folder = PrivateFolder.For(who);
        var credentials = Credentials(folder);
        var webhook = $"""
            kind = "webhook"
            url = "{server.Address}"
            headers_file = "token"
            """;
        await using var daemon = await RunningDaemon.Start(
            folder, Alerting.To(webhook), new Dictionary<string, string> { ["CREDENTIALS_DIRECTORY"] = credentials });

        var tested = await Command.Run(
            new Dictionary<string, string> { ["CREDENTIALS_DIRECTORY"] = credentials },
            string.Empty,
            Deadline.Seconds,
            [.. Machine.Becoming(who), Programs.Daemon, "alert", "test", "--config", folder.At("superserver.toml")]);

        Assert.Contains("accepted for admin@example.org", tested.Succeeded(), StringComparison.Ordinal);
        Assert.Equal("Bearer s3cret", (await server.First()).Authorization);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Nobody_but_root_may_look_into_the_mailer(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder));
        await Client.Hear(daemon.Address("telnet"));
        await new Maildir(folder.At("maildir")).First();

        var mailer = await daemon.Child("superserver-mailer");
        var owner = (await Command.Run("stat", "-c", "%U", $"/proc/{mailer.Pid}/mem")).Succeeded();

        Assert.Equal("root\n", owner);
    }

    private static string Tripwire(PrivateFolder folder, string settings = "")
    {
        Alerting.PrepareMaildir(folder);
        var toMaildir = $"""
            kind = "maildir"
            path = "{folder.At("maildir")}"
            """;
        return Alerting.Tripwire(folder.Owner, "telnet", "message")
            + Alerting.To(toMaildir, $"resolve = 'off'\n{settings}\n{Alerting.Rhythm("200ms")}");
    }

    // As systemd lays it down: of the daemon's user, and closed to everybody else.
    private static string Credentials(PrivateFolder folder)
    {
        var credentials = folder.Create("credentials");
        File.SetUnixFileMode(folder.Write("credentials/token", Secret), UnixFileMode.UserRead);
        File.SetUnixFileMode(credentials, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return credentials;
    }

    private static string Hooked(PrivateFolder folder)
    {
        var hooked = folder.Create("hooked");
        if (folder.Owner == Who.Root)
        {
            Machine.GiveTo("superserver-mail", hooked);
        }

        return hooked;
    }

    private static List<JsonElement> Lines(HookServer server) =>
    [
        .. server.Posts.SelectMany(post => post.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(line => JsonDocument.Parse(line).RootElement),
    ];
}
