using System.Diagnostics;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>OpenSMTPD, as Debian has it, takes the alert by SMTP.</summary>
public sealed class MailServerTests
{
    [Fact]
    public async Task A_real_mail_server_receives_the_alert()
    {
        var smtpd = Machine.Program("smtpd");
        using var folder = PrivateFolder.For(Who.Root);
        using var server = await StartServer(smtpd, folder);
        await using var daemon = await RunningDaemon.Start(
            folder,
            Alerting.To("""
                kind = "smtp"
                host = "127.0.0.1"
                port = 2525
                tls = "none"
                """) + Alerting.Tripwire(Who.Root, "telnet", "message"));
        await Client.Hear(daemon.Address("telnet"));

        var mail = await new Maildir(folder.At("mail")).First(seconds: 30);

        Assert.Equal((1, 1, 1), mail.Events);
        Assert.Contains("superserver@example.org", mail.Header("From"), StringComparison.Ordinal);
        Assert.Contains("OpenSMTPD", mail.Header("Received"), StringComparison.Ordinal);
        server.Kill(entireProcessTree: true);
    }

    private static async Task<Process> StartServer(string smtpd, PrivateFolder folder)
    {
        Machine.GiveTo("somebody", folder.Create("mail"));
        var configuration = folder.Write("smtpd.conf", $$"""
            listen on 127.0.0.1 port 2525
            action "keep" maildir "{{folder.At("mail")}}" virtual { "@" = "somebody" }
            match from any for any action "keep"

            """);
        var server = Process.Start(new ProcessStartInfo(smtpd, ["-d", "-f", configuration]) { RedirectStandardError = true })!;
        server.BeginErrorReadLine();
        await Eventually.Holds(Answers, "mail server on port 2525");
        return server;
    }

    private static bool Answers()
    {
        try
        {
            using var probe = new TcpClient("127.0.0.1", 2525);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
