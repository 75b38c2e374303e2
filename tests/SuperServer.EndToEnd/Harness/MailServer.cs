using System.Diagnostics;
using System.Net.Sockets;

namespace SuperServer.EndToEnd.Harness;

/// <summary>OpenSMTPD on a port of its own: all it is sent, for whomever, goes to one maildir. Only root can start it.</summary>
internal sealed class MailServer : IDisposable
{
    public const int Port = 2525;

    private readonly Process _process;

    private MailServer(Process process, Maildir maildir)
    {
        _process = process;
        Maildir = maildir;
    }

    public Maildir Maildir { get; }

    public static async Task<MailServer> Start(PrivateFolder folder)
    {
        var smtpd = Machine.Program("smtpd");
        Machine.GiveTo("somebody", folder.Create("mail"));
        var configuration = folder.Write("smtpd.conf", $$"""
            listen on 127.0.0.1 port {{Port}}
            action "keep" maildir "{{folder.At("mail")}}" virtual { "@" = "somebody" }
            match from any for any action "keep"

            """);
        var process = Process.Start(new ProcessStartInfo(smtpd, ["-d", "-f", configuration]) { RedirectStandardError = true })!;
        process.BeginErrorReadLine();
        await Eventually.Holds(Answers, $"mail server on port {Port}");
        return new MailServer(process, new Maildir(folder.At("mail")));
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static bool Answers()
    {
        try
        {
            using var probe = new TcpClient("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
