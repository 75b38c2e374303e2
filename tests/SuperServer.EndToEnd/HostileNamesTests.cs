using System.Net;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>The name of an address is chosen by its owner, and its owner is who touched the wire.</summary>
[Collection(nameof(NameServer))]
public sealed class HostileNamesTests
{
    private static readonly (string Address, string[] Labels)[] _hostile =
    [
        ("127.0.0.12", ["evil\r\nBcc: victim@example.org", "example", "test"]),
        ("127.0.0.13", ["\u001b[2Jgone", "example", "test"]),
        ("127.0.0.14", ["null\0null", "example", "test"]),
        ("127.0.0.15", ["<script>alert(1)</script>", "example", "test"]),
        ("127.0.0.16", ["10", "0", "0", "1"]),
        ("127.0.0.17", ["$(reboot)`reboot`", "example", "test"]),
        ("127.0.0.18", ["-dash", "example", "test"]),
        ("127.0.0.19", ["a.dot", "example", "test"]),
        ("127.0.0.23", ["203", "0", "113", "0x7"]),
        ("127.0.0.24", ["single"]),
        ("127.0.0.25", [new('a', 63), new('b', 63), new('c', 63), new('d', 63)]),
        ("127.0.0.26", ["b\u00fccher", "example", "test"]),
        ("127.0.0.27", ["a@b", "example", "test"]),
        ("127.0.0.28", ["two words", "example", "test"]),
        ("127.0.0.29", ["\u009b31m", "example", "test"]),
    ];

    [Fact]
    public async Task No_name_of_an_address_can_do_anything_to_the_mail_and_none_is_believed_that_does_not_lead_back()
    {
        Machine.MustAllow(Who.Root);
        using var names = new NameServer()
            .Calls("127.0.0.11", "good", "example", "test").Leads("good.example.test", "127.0.0.11")
            .Calls("127.0.0.20", "bank", "example", "test").Leads("bank.example.test", "192.0.2.1")
            .IsSilentAbout("127.0.0.21");
        foreach (var (address, labels) in _hostile)
        {
            names.Calls(address, labels).Leads(string.Join('.', labels), address);      // it would lead back, if it were a name
        }

        using var folder = PrivateFolder.For(Who.Root);
        Alerting.PrepareMaildir(folder);
        await using var daemon = await RunningDaemon.Start(
            folder, Alerting.ToMaildir(folder, settle: "2s") + Alerting.Tripwire(Who.Root, "telnet", "close", "max_per_source = 100"));
        string[] sources = ["127.0.0.11", "127.0.0.20", "127.0.0.21", "127.0.0.22", "127.0.0.78", .. _hostile.Select(hostile => hostile.Address)];
        await Task.WhenAll(sources.Select(source => Client.Ask(daemon.Address("telnet"), string.Empty, source)));

        var mail = Assert.Single(await new Maildir(folder.At("maildir")).AboutEvents(sources.Length, seconds: 30));

        Assert.Contains("good.example.test (confirmed)", LineOf(mail, "127.0.0.11"), StringComparison.Ordinal);
        Assert.Contains("claims \"bank.example.test\" - NOT confirmed", LineOf(mail, "127.0.0.20"), StringComparison.Ordinal);
        Assert.Contains("lookup timed out", LineOf(mail, "127.0.0.21"), StringComparison.Ordinal);
        Assert.Contains("no reverse name", LineOf(mail, "127.0.0.22"), StringComparison.Ordinal);
        Assert.Contains("printer (confirmed)", LineOf(mail, "127.0.0.78"), StringComparison.Ordinal);      // of /etc/hosts
        Assert.All(_hostile, hostile => Assert.Matches("no reverse name|malformed reverse name", LineOf(mail, hostile.Address)));
        Assert.DoesNotContain("victim", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", mail.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(mail.Text, letter => char.IsControl(letter) && letter is not ('\n' or '\t'));
        Assert.DoesNotContain((await daemon.Command("alert", "report")).Succeeded(), letter => char.IsControl(letter) && letter != '\n');
    }

    [Fact]
    public async Task A_name_server_that_answers_nobody_delays_neither_the_record_nor_the_mail_by_more_than_its_patience()
    {
        Machine.MustAllow(Who.Root);
        using var names = new NameServer();
        for (var i = 100; i < 140; i++)
        {
            names.IsSilentAbout($"127.0.0.{i}");
        }

        using var folder = PrivateFolder.For(Who.Root);
        Alerting.PrepareMaildir(folder);
        await using var daemon = await RunningDaemon.Start(
            folder, Alerting.ToMaildir(folder, settle: "1s") + Alerting.Tripwire(Who.Root, "telnet", "close"));
        await Task.WhenAll(Enumerable.Range(100, 40).Select(i => Client.Ask(daemon.Address("telnet"), string.Empty, $"127.0.0.{i}")));

        var mails = await new Maildir(folder.At("maildir")).AboutEvents(40, seconds: 30);

        Assert.Contains("lookup timed out", mails[0].Body, StringComparison.Ordinal);
    }

    private static string LineOf(Mail mail, string address) =>
        mail.Body.Split('\n').First(line => line.Contains(address + " ", StringComparison.Ordinal));
}
