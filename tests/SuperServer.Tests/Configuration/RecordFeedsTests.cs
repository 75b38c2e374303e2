using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>event_log and forward: who is told what tripwires record, beside those who get mails.</summary>
public sealed class RecordFeedsTests
{
    [Fact]
    public void Without_them_nobody_is_told()
    {
        var configuration = With("");

        Assert.EndsWith("}]}", Options(configuration), StringComparison.Ordinal);
        Assert.Null(configuration.Alerts!.EventLogDirectory);
    }

    [Theory]
    [InlineData("forward = 'syslog'", ",\"syslog\":true}")]
    [InlineData("forward = ['syslog']", ",\"syslog\":true}")]
    [InlineData("forward = 'https://collector.example.org/in?a=b'", ",\"forward\":{\"url\":\"https://collector.example.org/in?a=b\"}}")]
    [InlineData("forward = ['http://[::1]:8080/', 'syslog']", ",\"syslog\":true,\"forward\":{\"url\":\"http://[::1]:8080/\"}}")]
    [InlineData("forward = 'https://c.example/'\nforward_ca_file = '/etc/passwd'\nforward_headers_file = '/etc/secret'",
        ",\"forward\":{\"url\":\"https://c.example/\",\"headers_file\":\"/etc/secret\",\"ca_file\":\"/etc/passwd\"}}")]
    [InlineData("event_log = '/var/log/superserver/../tripwire.jsonl'", ",\"event_log\":\"/var/log/tripwire.jsonl\"}")]
    public void They_reach_the_mailer(string setting, string options) =>
        Assert.EndsWith(options, Options(With(setting, folder: null)), StringComparison.Ordinal);

    [Fact]
    public void The_event_log_s_folder_is_the_daemon_s_to_make()
    {
        var alerts = With("event_log = '/var/log/superserver/tripwire.jsonl'").Alerts!;

        Assert.Equal(("/var/log/superserver", 4u), (alerts.EventLogDirectory, alerts.EventLogReaders!.Value));
    }

    [Theory]
    [InlineData(FileKind.Directory, 300, 0b111_101_101, null)]
    [InlineData(FileKind.Directory, 0, 0b111_111_101, null)]
    [InlineData(FileKind.Directory, 0, 0b111_111_111, null)]
    [InlineData(FileKind.Directory, 0, 0b111_101_101, "lies in '/var/log', where the mailer cannot write: name a file in a folder of its own, as in "
        + "\"/var/log/superserver/tripwire.jsonl\", which the daemon makes")]
    [InlineData(FileKind.Regular, 0, 0b111_111_111, "lies in '/var/log', which is no folder")]
    [InlineData(FileKind.Missing, 0, 0, "needs the folder '/var', which does not exist")]
    public void The_mailer_must_be_able_to_make_the_file(object kind, uint owner, int mode, string? why)
    {
        var host = SomeMachine.Root with
        {
            Look = path => path switch
            {
                "/var/log" => new FileFacts((FileKind)kind, (UnixFileMode)mode, owner),
                "/var/log/x" or "/var" => new FileFacts(FileKind.Missing),
                _ => SomeMachine.Root.Look(path),
            },
        };

        Assert.Equal(why is null ? [] : [$"3:13: event log '/var/log/x' {why}"], host.Problems(Text("event_log = '/var/log/x'")));
    }

    [Theory]
    [InlineData(FileKind.Regular, 300, 0b110_100_000, null)]
    [InlineData(FileKind.Regular, 0, 0b110_100_000, "cannot be written by the mailer: chown superserver-mail")]
    [InlineData(FileKind.Directory, 300, 0b111_000_000, "is a directory: name a file in it")]
    [InlineData(FileKind.Special, 300, 0b110_110_110, "is not a regular file")]
    public void A_file_that_is_there_must_be_one_that_the_mailer_writes(object kind, uint owner, int mode, string? why)
    {
        var host = SomeMachine.Root with
        {
            Look = path => path == "/var/log/x" ? new FileFacts((FileKind)kind, (UnixFileMode)mode, owner) : SomeMachine.Root.Look(path),
        };

        Assert.Equal(why is null ? [] : [$"3:13: event log '/var/log/x' {why}"], host.Problems(Text("event_log = '/var/log/x'")));
    }

    [Theory]
    [InlineData("event_log = 'x'", "3:13: 'event_log' must be an absolute path, not 'x'")]
    [InlineData("forward = 'journal'", "3:11: 'forward' must be \"syslog\" or an address such as \"https://collector.example.org/records\", not 'journal'")]
    [InlineData("forward = 'http://c.example/'", "3:11: 'forward' must begin with https: clear text could be read on the way to 'c.example'")]
    [InlineData("forward = ['https://c.example/', 'https://d.example/']", "3:34: 'forward' takes one address: a second collector can be told by the first one")]
    [InlineData("forward = 'syslog'\nforward_ca_file = '/etc/passwd'", "4:1: 'forward_ca_file' goes with an address in 'forward', and there is none")]
    [InlineData("forward_headers_file = '/etc/secret'", "3:1: 'forward_headers_file' goes with an address in 'forward', and there is none")]
    [InlineData("forward = 'https://c.example/'\nforward_headers_file = '/etc/passwd'", "4:24: headers file '/etc/passwd' can be read by others: chmod 600")]
    [InlineData("forward = ['syslog', 7]", "3:22: 'forward' must be text in quotes, as in \"7\", not the number 7")]
    public void Anything_else_is_a_mistake(string setting, string problem) =>
        Assert.Equal([problem], SomeMachine.Root.Problems(Text(setting)));

    [Theory]
    [InlineData("https://127.0.0.1:25/", true)]
    [InlineData("http://localhost:25/", true)]
    [InlineData("https://127.0.0.1/", false)]
    public void A_tripwire_does_not_wait_on_the_port_of_its_collector(string address, bool isRefused) =>
        Assert.Equal(
            isRefused
                ? [$"6:10: 'tcp4:25' is where 'forward' sends every record ({new Uri(address).Host}, port 25): the tripwire would wait for its own "
                    + "alarm; take that port out of 'listen', or send the mail another way"]
                : [],
            SomeMachine.Root.Problems($"{Text($"forward = '{address}'")}\n[service.smtp]\nlisten = 'tcp4:25'\nhandler = 'notelnet'\n"));

    private static ServerConfiguration With(string setting, string? folder = "/var/log") => (SomeMachine.Root with
    {
        Look = path => path == folder ? new FileFacts(FileKind.Directory) : folder is null && path == "/var/log"
            ? new FileFacts(FileKind.Directory, UnixFileMode.OtherWrite) : SomeMachine.Root.Look(path),
    }).Read(Text(setting));

    private static string Options(ServerConfiguration configuration) =>
        configuration.Services[^1].Environment.Single(variable => variable.Name == "SUPERSERVER_OPTIONS").Value;

    private static string Text(string setting) => $$"""
        [alerts]
        to = "you@example.org"
        {{setting}}
        transport = [{ kind = "sendmail" }]
        """;
}
