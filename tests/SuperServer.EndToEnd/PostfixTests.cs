using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Postfix, as Debian has it, takes the alert over STARTTLS from whoever logs in; and what becomes of it when something is wrong.</summary>
public sealed class PostfixTests
{
    [Fact]
    public async Task The_alert_arrives_over_TLS_from_a_sender_who_has_logged_in()
    {
        using var folder = PrivateFolder.For(Who.Root);
        using var postfix = await Postfix.Start(folder);
        await using var daemon = await Start(folder, Postfix.Password, $"ca_file = \"{postfix.CertificateFile}\"");
        await Client.Hear(daemon.Address("telnet"));

        var mail = await postfix.Maildir.First(seconds: 30);

        Assert.Equal((1, 1, 1), mail.Events);
        Assert.Equal("admin@example.org", mail.Header("Delivered-To"));
        Assert.Matches(@"using TLSv1\.[23] .*Authenticated sender: alarm.*by mail\.example\.org \(Postfix\) with ESMTPSA", mail.Header("Received"));
        Assert.Empty(new Maildir(folder.At("maildir")).Mails);
    }

    [Fact]
    public async Task One_connection_takes_the_test_message_and_shows_each_step()
    {
        using var folder = PrivateFolder.For(Who.Root);
        using var postfix = await Postfix.Start(folder);
        await using var daemon = await Start(folder, Postfix.Password, $"ca_file = \"{postfix.CertificateFile}\"");

        var said = (await daemon.Command("alert", "test", "--transport", "1")).Succeeded();

        Assert.Contains("TLS 1.", said, StringComparison.Ordinal);
        Assert.Contains("CN=mail.example.org", said, StringComparison.Ordinal);
        Assert.Contains("235 2.7.0", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Postfix.Password, said, StringComparison.Ordinal);
        Assert.Contains("test message", (await postfix.Maildir.First()).Subject, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wr0ng-pa55word", true, "535 5.7.8")]
    [InlineData(Postfix.Password, false, "no secure connection, so nothing was sent")]
    public async Task With_a_wrong_password_or_certificate_the_next_transport_has_it_at_once(string password, bool isTrusted, string complaint)
    {
        using var folder = PrivateFolder.For(Who.Root);
        using var postfix = await Postfix.Start(folder);
        await using var daemon = await Start(folder, password, isTrusted ? $"ca_file = \"{postfix.CertificateFile}\"" : "");
        await Client.Hear(daemon.Address("telnet"));

        var mail = await new Maildir(folder.At("maildir")).First(seconds: 30);

        Assert.Equal((1, 1, 1), mail.Events);
        await Eventually.Holds(
            () => daemon.Log.All(Said.Says).Any(line => line["Line"].Contains(complaint, StringComparison.Ordinal)), $"\"{complaint}\" in the log");
        Assert.Empty(postfix.Maildir.Mails);
        Assert.Equal(isTrusted, postfix.Log.Contains("SASL PLAIN authentication failed", StringComparison.Ordinal));
        Assert.DoesNotContain(password, $"{daemon.Log}{mail.Text}", StringComparison.Ordinal);
    }

    private static Task<RunningDaemon> Start(PrivateFolder folder, string password, string certificate)
    {
        Alerting.PrepareMaildir(folder);
        folder.Write("secret", password + "\n");
        File.SetUnixFileMode(folder.At("secret"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Machine.GiveTo("superserver-mail", folder.At("secret"));
        return RunningDaemon.Start(
            folder,
            Alerting.To($"""
                kind = "smtp"
                host = "127.0.0.1"
                port = {Postfix.Port}
                user = "{Postfix.User}"
                password_file = "{folder.At("secret")}"
                {certificate}

                [[alerts.transport]]
                kind = "maildir"
                path = "{folder.At("maildir")}"
                """) + Alerting.Tripwire(Who.Root, "telnet", "message"));
    }
}
