using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>OpenSMTPD, as Debian has it, takes the alert by SMTP.</summary>
public sealed class MailServerTests
{
    [Fact]
    public async Task A_real_mail_server_receives_the_alert()
    {
        using var folder = PrivateFolder.For(Who.Root);
        using var server = await MailServer.Start(folder);
        await using var daemon = await RunningDaemon.Start(
            folder,
            Alerting.To($"""
                kind = "smtp"
                host = "127.0.0.1"
                port = {MailServer.Port}
                tls = "none"
                """) + Alerting.Tripwire(Who.Root, "telnet", "message"));
        await Client.Hear(daemon.Address("telnet"));

        var mail = await server.Maildir.First(seconds: 30);

        Assert.Equal((1, 1, 1), mail.Events);
        Assert.Contains("superserver@example.org", mail.Header("From"), StringComparison.Ordinal);
        Assert.Contains("(OpenSMTPD) with ESMTP", mail.Header("Received"), StringComparison.Ordinal);
    }
}
