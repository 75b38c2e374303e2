using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Tls;

/// <summary>Certificates and options: as they are at the start, and as they become.</summary>
public sealed class RenewalTests(TlsHouse house) : IClassFixture<TlsHouse>
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_renewed_certificate_is_shown_to_who_comes_next_and_who_is_there_stays()
    {
        var (certificate, key) = house.Write("renewed", house.Root.Server("old.example.org"));
        using var daemon = house.Worker(("certificate", certificate), ("key", key));
        using var guest = TlsGuest.At(daemon).ShakeHands();
        Assert.Equal("CN=old.example.org", guest.ServerName);

        _ = house.Write("renewed", house.Root.Server("new.example.org"));

        Assert.True(SpinWait.SpinUntil(() => Shown(daemon) == "CN=new.example.org", _deadline));
        guest.Tls.Write("still here"u8);
        Assert.Equal("still here"u8, guest.Program.ReadExactly(10));
        Assert.Contains("read again: the certificate of CN=new.example.org", daemon.Worker.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_one_changes_nothing_until_it_is_mended_and_is_told_once()
    {
        var (certificate, key) = house.Write("broken", house.Root.Server("old.example.org"));
        using var daemon = house.Worker(("certificate", certificate), ("key", key));
        Assert.Equal("CN=old.example.org", Shown(daemon));

        var (chain, newKey) = house.Root.Server("new.example.org");
        File.WriteAllText(certificate, chain);
        Assert.True(SpinWait.SpinUntil(
            () => Shown(daemon) == "CN=old.example.org" && daemon.Worker.Complaints.Length > 0, _deadline));
        File.WriteAllText(key, newKey);

        Assert.True(SpinWait.SpinUntil(() => Shown(daemon) == "CN=new.example.org", _deadline));
        var complaint = daemon.Worker.Complaints.Split('\n')[0];
        Assert.Contains("holds no private key, without a password, that belongs to the first certificate", complaint, StringComparison.Ordinal);
        Assert.Contains("go on serving", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_certificate_clients_are_turned_away_until_there_is_one()
    {
        var (chain, secret) = house.Root.Server("late.example.org");
        File.WriteAllText(house.In("late.key"), secret);
        using var daemon = house.Worker(("certificate", house.In("late.pem")), ("key", house.In("late.key")));
        using var guest = TlsGuest.At(daemon);
        Assert.Equal("bad run-1 trouble", daemon.Hear());
        Assert.Contains("late.pem' is not there; until that is mended clients are turned away", daemon.Worker.Complaints, StringComparison.Ordinal);

        File.WriteAllText(house.In("late.pem"), chain);

        Assert.True(SpinWait.SpinUntil(() => Shown(daemon) == "CN=late.example.org", _deadline));
    }

    [Theory]
    [InlineData("nothing", "holds no certificate in PEM")]
    [InlineData("-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n", "holds no certificate in PEM")]
    public void What_is_wrong_with_a_certificate_is_said(string content, string complaint)
    {
        File.WriteAllText(house.In("wrong.pem"), content);
        using var daemon = house.Worker(("certificate", house.In("wrong.pem")));
        using var guest = TlsGuest.At(daemon);

        Assert.Equal("bad run-1 trouble", daemon.Hear());
        Assert.Contains(complaint, daemon.Worker.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_with_a_password_an_authority_without_a_root_and_an_expired_certificate_are_told()
    {
        File.WriteAllText(house.In("secret.key"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END ENCRYPTED PRIVATE KEY-----\n");
        Assert.Contains("holds no private key, without a password", Complaint(("key", house.In("secret.key"))), StringComparison.Ordinal);

        File.WriteAllText(house.In("between.pem"), house.Between.Pem);
        Assert.Contains(
            "holds no root", Complaint(("client_certificates", "optional"), ("client_ca", house.In("between.pem"))), StringComparison.Ordinal);

        var (certificate, key) = house.Write("expired", house.Root.Server("www.example.org", days: 0));
        Assert.Contains("has expired on", Complaint(("certificate", certificate), ("key", key)), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_are_the_daemons_are_left_to_it()
    {
        using var daemon = house.Worker(("user", "tls"), ("group", 7), ("groups", new[] { "a" }));
        using var guest = TlsGuest.At(daemon).ShakeHands();

        Assert.StartsWith("ready", daemon.Hear(), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_told_and_the_worker_ends()
    {
        using var daemon = TlsHouse.WorkerWith(new
        {
            key = "k",
            min_version = "1.1",
            client_certificates = "required",
            colour = "blue",
            hosts = new Dictionary<string, object> { ["a"] = new { key = "x" } },
        });

        Assert.Equal(78, daemon.Worker.WaitForEnd());
        var complaints = daemon.Worker.Complaints;
        Assert.Contains("option 'certificate' is missing", complaints, StringComparison.Ordinal);
        Assert.Contains("option 'hosts.a.certificate' is missing", complaints, StringComparison.Ordinal);
        Assert.Contains("option 'min_version' must be one of: 1.2, 1.3", complaints, StringComparison.Ordinal);
        Assert.Contains("option 'client_ca' is missing", complaints, StringComparison.Ordinal);
        Assert.Contains("there is no option 'colour'", complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void The_process_leaves_no_core_and_its_keys_are_in_no_environment()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();

        Assert.Contains("Max core file size        0                    0", File.ReadAllText($"/proc/{daemon.Worker.Id}/limits"), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", File.ReadAllText($"/proc/{daemon.Worker.Id}/environ"), StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", File.ReadAllText($"/proc/{daemon.Worker.Id}/status"), StringComparison.Ordinal);
    }

    [Fact]
    public void By_hand_it_says_who_starts_it()
    {
        using var worker = HandlerProcess.StartByHand("tls");

        Assert.Equal(64, worker.WaitForEnd());
        Assert.Contains("only the daemon starts this", worker.Complaints, StringComparison.Ordinal);
    }

    private string Complaint(params (string Name, object Value)[] options)
    {
        using var daemon = house.Worker(options);
        using var guest = TlsGuest.At(daemon);
        guest.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        _ = daemon.Hear();
        return daemon.Worker.Complaints;
    }

    private static string Shown(PoolDaemon daemon)
    {
        Thread.Sleep(50);       // nobody here reads the worker's answers, and some hundreds of them are as many as it can leave unread
        using var guest = TlsGuest.At(daemon, "look");
        try
        {
            return guest.ShakeHands().ServerName;
        }
        catch (IOException)
        {
            return "";
        }
    }
}
