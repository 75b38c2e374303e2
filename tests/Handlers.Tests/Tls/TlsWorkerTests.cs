using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Tls;

/// <summary>The worker that speaks TLS, as a process, with the daemon's half of the protocol in the test: connections that go well.</summary>
public sealed class TlsWorkerTests(TlsHouse house) : IClassFixture<TlsHouse>
{
    [Theory]
    [InlineData(SslProtocols.Tls12, "TLSv1.2")]
    [InlineData(SslProtocols.Tls13, "TLSv1.3")]
    public void The_daemon_hears_of_the_handshake_and_the_program_gets_clear_text(SslProtocols protocol, string name)
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon, "k3f9-7").ShakeHands("WWW.example.org", protocol);

        var ready = daemon.Hear().Split('\0');
        guest.Tls.Write("hello"u8);

        Assert.Equal("ready k3f9-7", ready[0]);
        Assert.Equal($"SSL_PROTOCOL={name}", ready[1]);
        Assert.Equal($"SSL_CIPHER={guest.Tls.NegotiatedCipherSuite}", ready[2]);
        Assert.Equal("SSL_TLS_SNI_SERVERNAME=www.example.org", ready[3]);
        Assert.Equal(4, ready.Length);
        Assert.Equal("hello"u8, guest.Program.ReadExactly(5));
        guest.Program.Send("world"u8);
        guest.Program.Dispose();
        Assert.Equal("world", guest.ReadToEnd());
        guest.Dispose();
        Assert.Equal("done k3f9-7", daemon.Hear());
    }

    [Fact]
    public void Every_byte_arrives_in_both_directions()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();
        var sent = new byte[5_000_000];
        Random.Shared.NextBytes(sent);
        var echoing = Start(() => Echo(guest.Program));
        var sending = Start(() =>
        {
            guest.Tls.Write(sent);
            guest.End();
        });

        using var got = new MemoryStream();
        guest.Tls.CopyTo(got);

        Assert.Equal(sent, got.ToArray());
        Assert.True(echoing.Join(10_000) && sending.Join(10_000));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public void OpenSSL_is_served_and_gets_a_close_notify(string version)
    {
        using var daemon = house.Worker();
        using var listener = Sockets.Listener();
        using var client = Tool.Start("openssl", "s_client", "-quiet", version, "-CAfile", house.Authorities, "-verify_return_error",
            "-servername", "www.example.org", "-connect", $"127.0.0.1:{Sockets.Port(listener)}");
        using var program = TlsGuest.ProgramOf(daemon, listener.Accept());

        Assert.StartsWith("ready run-1", daemon.Hear(), StringComparison.Ordinal);
        client.Input.Write("hello\n");
        Assert.Equal("hello\n"u8, program.ReadExactly(6));
        program.Send("world\n"u8);
        program.Dispose();

        var said = client.Said();
        Assert.Contains("world", said, StringComparison.Ordinal);
        Assert.DoesNotContain("eof", said, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("done run-1", daemon.Hear());
    }

    [Fact]
    public void Curl_is_served_and_believes_the_chain()
    {
        using var daemon = house.Worker();
        using var listener = Sockets.Listener();
        using var client = Tool.Start("curl", "--silent", "--show-error", "--http1.1", "--cacert", house.Authorities,
            "--resolve", $"www.example.org:{Sockets.Port(listener)}:127.0.0.1", $"https://www.example.org:{Sockets.Port(listener)}/");
        using var program = TlsGuest.ProgramOf(daemon, listener.Accept());

        Assert.Equal("GET / HTTP/1.1\r\n"u8, program.ReadExactly(16));
        program.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"u8);
        program.Dispose();

        Assert.Equal("hello", client.Said());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_who_knows_the_root_alone_believes_an_RSA_and_an_EC_certificate(bool usesRsa)
    {
        var (certificate, key) = house.Write("other", house.Between.Server("www.example.org", usesRsa));
        using var daemon = house.Worker(("certificate", certificate), ("key", key));

        using var guest = TlsGuest.At(daemon).ShakeHands(trusts: house.Root);

        Assert.Equal(SslPolicyErrors.None, guest.Errors);
    }

    [Fact]
    public void One_file_may_hold_certificate_and_key()
    {
        var (chain, key) = house.Root.Server("www.example.org");
        File.WriteAllText(house.In("both.pem"), key + chain);
        using var daemon = TlsHouse.WorkerWith(new { certificate = house.In("both.pem") });

        using var guest = TlsGuest.At(daemon).ShakeHands(trusts: house.Root);

        Assert.Equal(SslPolicyErrors.None, guest.Errors);
    }

    [Theory]
    [InlineData("www.example.org", "CN=www.example.org")]
    [InlineData("Mail.example.org", "CN=mail.example.org")]
    [InlineData("a.wild.example.org", "CN=*.wild.example.org")]
    [InlineData("a.b.wild.example.org", "CN=www.example.org")]
    [InlineData("wild.example.org", "CN=www.example.org")]
    [InlineData("", "CN=www.example.org")]
    public void Who_asks_for_a_host_is_shown_its_certificate(string host, string subject)
    {
        var mail = house.Write("mail", house.Root.Server("mail.example.org"));
        var wild = house.Write("wild", house.Root.Server("*.wild.example.org", usesRsa: true));
        using var daemon = house.Worker(("hosts", new Dictionary<string, object>
        {
            ["MAIL.example.org"] = new { certificate = mail.Certificate, key = mail.Key },
            ["*.wild.example.org"] = new { certificate = wild.Certificate, key = wild.Key },
        }));

        using var guest = TlsGuest.At(daemon).ShakeHands(host);

        Assert.Equal(subject, guest.ServerName);
    }

    [Fact]
    public void A_client_who_has_ended_his_side_still_gets_his_answer()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();
        guest.Tls.Write("question"u8);
        guest.End();

        Assert.Equal("question", guest.Program.ReadTextToEnd());
        guest.Program.Send("answer"u8);
        guest.Program.Dispose();

        Assert.Equal("answer", guest.ReadToEnd());
    }

    [Fact]
    public void A_program_that_has_ended_its_side_still_hears_the_client()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands(protocols: SslProtocols.Tls13);
        guest.Program.Send("greeting"u8);
        guest.Program.Shutdown(SocketShutdown.Send);

        Assert.Equal("greeting", guest.ReadToEnd());
        guest.Tls.Write("late"u8);
        guest.End();

        Assert.Equal("late", guest.Program.ReadTextToEnd());
    }

    [Fact]
    public void An_end_without_close_notify_is_an_end()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();
        guest.Tls.Write("question"u8);
        guest.Client.Shutdown(SocketShutdown.Send);

        Assert.Equal("question", guest.Program.ReadTextToEnd());
        guest.Program.Send("answer"u8);
        guest.Program.Dispose();

        Assert.Equal("answer", guest.ReadToEnd());
    }

    [Fact]
    public void When_the_program_is_gone_a_client_who_stays_is_not_waited_for()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();
        _ = daemon.Hear();

        guest.Program.Dispose();

        Assert.Equal("", guest.ReadToEnd());
        Assert.Equal("done run-1", daemon.Hear());
    }

    [Fact]
    public void When_the_program_is_gone_its_last_words_reach_a_client_who_goes_on_talking()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();
        guest.Program.Send(new byte[200_000]);
        guest.Program.Dispose();

        guest.Tls.Write(new byte[50_000]);

        Assert.Equal(200_000, guest.ReadToEnd().Length);
    }

    [Fact]
    public void When_the_client_resets_the_program_hears_of_the_end()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();
        _ = daemon.Hear();

        guest.Reset();

        Assert.Equal(0, guest.Program.Receive(new byte[1]));
        Assert.Equal("done run-1", daemon.Hear());
    }

    [Fact]
    public void Who_does_not_read_is_not_read_from()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();
        _ = daemon.Hear();
        var before = daemon.Worker.ResidentKilobytes();
        guest.Program.SendTimeout = 500;

        var sent = Stuff(guest.Program);

        Assert.InRange(sent, 1, 40_000_000);            // what sockets of the kernel hold
        Assert.InRange(daemon.Worker.ResidentKilobytes() - before, -100_000, 8192);
        guest.Reset();
        Assert.Equal("done run-1", daemon.Hear());
    }

    [Fact]
    public void A_connection_of_which_the_daemon_closes_the_programs_end_is_over()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon);
        guest.Program.Dispose();

        guest.ShakeHands();

        Assert.StartsWith("ready", daemon.Hear(), StringComparison.Ordinal);
        Assert.Equal("", guest.ReadToEnd());
        guest.Dispose();
        Assert.Equal("done run-1", daemon.Hear());
    }

    [Fact]
    public void After_SIGTERM_it_finishes_what_it_has_and_the_daemon_sees_that_it_takes_no_more()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();
        _ = daemon.Hear();

        daemon.Worker.Terminate();

        while (daemon.TakesMore())
        {
            Assert.Equal("bad probe trouble", daemon.Hear());
        }

        guest.Tls.Write("hello"u8);
        Assert.Equal("hello"u8, guest.Program.ReadExactly(5));
        guest.Program.Dispose();
        guest.Dispose();
        Assert.Equal("done run-1", daemon.Hear());
        Assert.Equal(0, daemon.Worker.WaitForEnd());
    }

    private static Thread Start(Action work)
    {
        var thread = new Thread(() => work());
        thread.Start();
        return thread;
    }

    private static void Echo(Socket program)
    {
        var buffer = new byte[70_000];
        for (var got = program.Receive(buffer); got > 0; got = program.Receive(buffer))
        {
            program.Send(buffer.AsSpan(0, got));
        }

        program.Shutdown(SocketShutdown.Send);
    }

    private static long Stuff(Socket program)
    {
        var portion = new byte[64 * 1024];
        long sent = 0;
        try
        {
            while (sent < 100_000_000)
            {
                sent += program.Send(portion);
            }
        }
        catch (SocketException full) when (full.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
        }

        return sent;
    }
}
