using System.Text.Json;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary><c>superserver alert why</c>: what would become of a visitor, and which line says so.</summary>
public sealed class WhyTests : IDisposable
{
    private const string Tripwires = """
        [{"name":"telnet","user":"u","mode":"nowait","listen":["tcp:0.0.0.0:23","tcp:[::]:23","udp:0.0.0.0:69"],"options":{"capture":0}},
         {"name":"trap","user":"u","mode":"pool","listen":["tcp:0.0.0.0:8000","tcp:0.0.0.0:8001","tcp:127.0.0.1:0"],
          "options":{"on_connect":"tarpit","ports":{"8001":{"on_connect":"reset","capture":9}}}}]
        """;

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData(23, "telnet (tcp:0.0.0.0:23): message, keeps 0 bytes, mode nowait")]
    [InlineData(69, "telnet (udp:0.0.0.0:69): silent, keeps 0 bytes, mode nowait")]
    [InlineData(8000, "trap (tcp:0.0.0.0:8000): tarpit, keeps 256 bytes, mode pool")]
    [InlineData(8001, "trap (tcp:0.0.0.0:8001): reset, keeps 9 bytes, mode pool")]
    public void The_policy_is_that_of_the_port(int port, string policy) =>
        Assert.Contains($"\n  policy    {policy}\n  class ", At().Says("why", "203.0.113.7", $"{port}"), StringComparison.Ordinal);

    [Fact]
    public void A_port_that_the_kernel_chose_is_known_when_somebody_was_there()
    {
        Assert.Equal(65, At().Run("why", "203.0.113.7", "45000").Code);
        _workshop.Append([.. Desk.Visit("203.0.113.7", "trap", 45_000)]);
        Desk.Mail(_workshop);

        Assert.Contains("\n  policy    trap (tcp:127.0.0.1:0): tarpit, ", At().Says("why", "203.0.113.7", "45000"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_no_tripwire_has_is_said_with_an_exit_code_of_its_own()
    {
        var (code, said) = At().Run("why", "203.0.113.7", "80");

        Assert.Equal(65, code);
        Assert.StartsWith("203.0.113.7 at port 80: unguarded; no tripwire has this port", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "inside: this host itself")]
    [InlineData("::ffff:10.1.2.3", "inside: a private or link-local address")]
    [InlineData("198.51.100.9", "inside: 'inside' has 198.51.100.0/24")]
    [InlineData("203.0.113.7", "outside: neither private, nor of a network of this host, nor in 'inside'")]
    public void The_class_comes_with_its_reason(string address, string words) =>
        Assert.Contains($"\n  class     {words}\n", At("\"inside\":[\"198.51.100.0/24\"]").Says("why", address, "23"), StringComparison.Ordinal);

    [Fact]
    public void The_entry_that_ignores_an_address_is_named_with_file_and_line()
    {
        var file = Path.Combine(_workshop.Root, "ignore.txt");
        File.WriteAllText(file, "# expected\n\n198.51.100.0/24  # ours\n");
        var desk = At($"\"ignore\":[\"192.0.2.0/24\",\"203.0.113.7\"],\"ignore_file\":\"{file}\"", "x.toml:3", "x.toml:4");

        Assert.Contains("\n  ignored   yes: \"203.0.113.7\" at x.toml:4\n", desk.Says("why", "203.0.113.7", "23"), StringComparison.Ordinal);
        Assert.Contains($"\n  ignored   yes: \"198.51.100.0/24\" at {file}:3\n", desk.Says("why", "198.51.100.1", "23"), StringComparison.Ordinal);
        Assert.Contains("\n  ignored   no\n", desk.Says("why", "203.0.113.8", "23"), StringComparison.Ordinal);
        var ignored = desk.Answers("why", "203.0.113.7", "23");
        Assert.Equal("ignored", ignored.GetProperty("verdict").GetString());
        Assert.Equal("""{"entry":"203.0.113.7","at":"x.toml:4"}""", ignored.GetProperty("ignored").GetRawText());
        Assert.Equal(JsonValueKind.Null, ignored.GetProperty("mail_at").ValueKind);
    }

    [Fact]
    public void A_host_on_the_list_stands_for_its_addresses()
    {
        var said = At("\"ignore\":[\"localhost\"]", "x.toml:3").Says("why", "127.0.0.1", "23");

        Assert.Contains("\n  ignored   yes: \"localhost\" at x.toml:3\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Whether_a_mail_would_be_written_now_or_held_follows_the_rhythm_and_the_limits()
    {
        Assert.StartsWith("203.0.113.7 at port 23: mailed in 5 s, after the time to settle\n", At().Says("why", "203.0.113.7", "23"), StringComparison.Ordinal);

        _workshop.Append([.. Desk.Visit("203.0.113.7")]);
        Desk.Mail(_workshop);

        Assert.StartsWith(
            "203.0.113.7 at port 23: recorded, and told 2026-11-22 23:33:52 UTC (in 5 min): a mail about visitors from outside went out before",
            At().Says("why", "203.0.113.7", "23"), StringComparison.Ordinal);
        Assert.StartsWith(
            "203.0.113.7 at port 8000: mailed in 5 s, although a mail went out before: nobody has touched this port yet",
            At().Says("why", "203.0.113.7", "8000"), StringComparison.Ordinal);
        Assert.Contains(
            "the mail limits allow no mail from outside before",
            At("\"mails_per_hour\":1").Says("why", "203.0.113.7", "8000"), StringComparison.Ordinal);
        Assert.Contains("\n  seen      1 connection, first 2026-11-22 23:28:47 UTC, last 2026-11-22 23:28:47 UTC (#1, mail 1, waiting)\n",
            At().Says("why", "203.0.113.7", "23"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "23")]
    [InlineData("203.0.113.7", "0")]
    [InlineData("203.0.113.7", "telnet")]
    [InlineData("203.0.113.7", "65536")]
    public void What_is_no_address_or_no_port_is_refused(string address, string port) =>
        Assert.Equal(64, At().Run("why", address, port).Code);

    private Desk At(string more = "\"attach\":\"none\"", params string[] ignoredAt) =>
        new(_workshop, Desk.Silent.Replace("\"resolve\"", $"{more},\"resolve\"", StringComparison.Ordinal)) { Tripwires = Tripwires, IgnoredAt = ignoredAt };
}
