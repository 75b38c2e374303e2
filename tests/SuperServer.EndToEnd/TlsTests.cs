using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>TLS before programs that know nothing of it, with clients that are not ours.</summary>
public sealed class TlsTests
{
    private const string Http = """exec = ["/bin/sh", "-c", "while read -r line && [ ${#line} -gt 1 ]; do :; done; printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello'"]""";

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Openssl_reaches_a_program_whose_user_has_no_key_and_which_knows_what_TLS_is_spoken(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var certificates = await Make(folder);
        await using var daemon = await RunningDaemon.Start(folder, Service(folder, "env", "exec = ['/usr/bin/env']"));

        var environment = await Ask(certificates, daemon.Address("env"), "");

        Assert.Contains("SSL_PROTOCOL=TLSv1.3\n", environment, StringComparison.Ordinal);
        Assert.Contains("TCPREMOTEIP=127.0.0.1\n", environment, StringComparison.Ordinal);
        var process = new LinuxProcess((await daemon.Log.WaitFor(Said.IsAtWork, "env")).Pid);
        var uid = Machine.Uid(who == Who.Root ? "tftp" : "somebody");
        Assert.Equal(Machine.IsRoot ? $"{uid} {uid} {uid} {uid}" : process.Status("Uid"), process.Status("Uid"));
        Assert.Equal("1", process.Status("NoNewPrivs"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mode = 'pool'")]
    public async Task A_built_in_handler_is_reached_in_every_mode_and_a_thousand_lines_come_back_as_they_went(string mode)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await Make(folder);
        await using var daemon = await RunningDaemon.Start(folder, Service(folder, "echo", $"handler = 'echo'\n{mode}"));
        var text = string.Concat(Enumerable.Range(0, 1_000).Select(number => $"line {number} {new string('x', 100)}\n"));

        Assert.Equal(text, await Echo(daemon.Address("echo"), text));

        await daemon.Log.WaitFor(Said.EndedWithExit, "echo");
        Assert.Equal(daemon.Log.All(Said.StartedFor)[0]["Connection"], daemon.Log.All(Said.EndedWithExit)[0]["Connection"]);
    }

    [Fact]
    public async Task Curl_gets_a_page_from_a_shell_and_a_new_certificate_is_used_as_soon_as_it_is_there()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var certificates = await Make(folder);
        await using var daemon = await RunningDaemon.Start(folder, Service(folder, "web", Http));

        Assert.Equal("hello", await Curl(certificates, daemon.Address("web")));
        Assert.Contains("CN = web", await Subject(certificates, daemon.Address("web")), StringComparison.Ordinal);
        await certificates.Issue("web", "/CN=renewed");

        var subject = "";
        for (var watch = Stopwatch.StartNew(); !subject.Contains("CN = renewed", StringComparison.Ordinal) && watch.Elapsed.TotalSeconds < 10;)
        {
            subject = await Subject(certificates, daemon.Address("web"));
        }

        Assert.Contains("CN = renewed", subject, StringComparison.Ordinal);
        Assert.Single(daemon.Log.All(Said.IsAtWork));
    }

    [Fact]
    public async Task Without_a_certificate_of_its_own_a_client_is_turned_away_where_one_is_required_and_with_one_it_is_named()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var certificates = await Make(folder);
        await certificates.Issue("ada", "/CN=Ada Lovelace");
        await using var daemon = await RunningDaemon.Start(
            folder, Service(folder, "env", "exec = ['/usr/bin/env']", $", client_certificates = 'required', client_ca = '{certificates.Authority}'"));

        Assert.DoesNotContain("SSL_", await Ask(certificates, daemon.Address("env"), ""), StringComparison.Ordinal);
        Assert.Equal("limit=tls why=no-certificate", (await daemon.Log.WaitFor(Said.Refused, "env"))["Refusal"]);
        var environment = await Ask(
            certificates, daemon.Address("env"), "", "-cert", certificates.Certificate("ada"), "-key", certificates.Key("ada"));

        Assert.Contains("SSL_PEER_CERT_SUBJECT=CN=Ada Lovelace\n", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_HAProxy_both_the_client_and_its_TLS_are_known()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var certificates = await Make(folder);
        await using var daemon = await RunningDaemon.Start(folder, Service(
            folder, "env", "exec = ['/usr/bin/env']\nproxy_protocol = true\ntrusted_proxies = '127.0.0.1'\ndeny = '127.0.0.6'"));
        using var haproxy = await Haproxy.Start(folder, daemon.Address("env").ToString(), "send-proxy-v2");

        var environment = await Ask(certificates, haproxy.Address, "", "-bind", "127.0.0.5:0");

        Assert.Contains("TCPREMOTEIP=127.0.0.5\n", environment, StringComparison.Ordinal);
        Assert.Contains("PROXYREMOTEIP=127.0.0.1\n", environment, StringComparison.Ordinal);
        Assert.Contains("SSL_PROTOCOL=TLSv1.3\n", environment, StringComparison.Ordinal);
        await Ask(certificates, haproxy.Address, "", "-bind", "127.0.0.6:0");
        Assert.StartsWith("limit=deny rule=127.0.0.6", (await daemon.Log.WaitFor(Said.RefusedByWayOf))["Refusal"], StringComparison.Ordinal);
        Assert.Equal(2, daemon.Log.All(Said.IsAtWork).Count);
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "not-tls")]
    [InlineData("\u0016\u0003\u0001", "timeout")]
    public async Task What_is_no_handshake_is_named_and_frees_its_place(string text, string why)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await Make(folder);
        await using var daemon = await RunningDaemon.Start(
            folder, Service(folder, "echo", "handler = 'echo'\nmax_connections = 1", ", handshake_timeout = '500ms'"));
        using var client = await Client.Connect(daemon.Address("echo"));
        await client.Send(text);

        Assert.Equal($"limit=tls why={why}", (await daemon.Log.WaitFor(Said.Refused, "echo"))["Refusal"]);

        Assert.Equal("hello\n", await Echo(daemon.Address("echo"), "hello\n"));
    }

    [Fact]
    public async Task Thousands_who_never_shake_hands_keep_nobody_out_for_long_and_leave_nothing_behind()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await Make(folder);
        await using var daemon = await RunningDaemon.Start(folder, Service(folder, "echo", "handler = 'echo'", ", handshake_timeout = '1m'"));
        Assert.Equal("hello\n", await Echo(daemon.Address("echo"), "hello\n"));
        await daemon.Log.WaitFor(Said.EndedWithExit, "echo");
        var before = daemon.Kernel.Descriptors.Count;
        var silent = await Client.ConnectMany(1_500, daemon.Address("echo"));

        var watch = Stopwatch.StartNew();
        Assert.Equal("hello\n", await Echo(daemon.Address("echo"), "hello\n"));

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 12);
        Assert.InRange(daemon.Kernel.Descriptors.Count, before, before + (3 * 256) + 20);
        silent.ForEach(client => client.Dispose());
        await Eventually.Holds(() => daemon.Kernel.Descriptors.Count <= before, "end of all visits");
    }

    private static async Task<Certificates> Make(PrivateFolder folder)
    {
        var certificates = await Certificates.Make(folder);
        await certificates.Issue("web", "/CN=web", folder.Owner == Who.Root ? "tftp" : null);
        return certificates;
    }

    private static string Service(PrivateFolder folder, string name, string keys, string more = "") => $$"""
        [service.{{name}}]
        listen = "tcp:127.0.0.1:0"
        {{keys}}
        tls = { certificate = "{{folder.At("web.pem")}}", key = "{{folder.At("web.key")}}"{{(folder.Owner == Who.Root ? ", user = 'tftp'" : "")}}{{more}} }

        """;

    // openssl goes when it has nothing more to say; this client ends its side and hears the other out, one after the other: .NET can
    // end a side of TLS only while nobody reads.
    private static async Task<string> Echo(IPEndPoint address, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address, Deadline.Soon);
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=web");
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, Deadline.Soon);
        var heard = new byte[text.Length];
        var sending = tls.WriteAsync(Encoding.ASCII.GetBytes(text), Deadline.Soon);
        await tls.ReadExactlyAsync(heard, Deadline.Soon);
        await sending;
        await tls.ShutdownAsync();
        using var rest = new StreamReader(tls, Encoding.ASCII);
        return Encoding.ASCII.GetString(heard) + await rest.ReadToEndAsync(Deadline.Soon);
    }

    private static async Task<string> Ask(Certificates certificates, EndPoint address, string text, params string[] more) => (await Command.Run(
        [], text, Deadline.Seconds,
        ["openssl", "s_client", "-quiet", "-verify_quiet", "-connect", address.ToString()!, "-CAfile", certificates.Authority, "-verify_return_error", .. more])).Output;

    private static async Task<string> Subject(Certificates certificates, EndPoint address) =>
        (await Command.Run("openssl", "s_client", "-connect", address.ToString()!, "-CAfile", certificates.Authority)).Output;

    private static async Task<string> Curl(Certificates certificates, IPEndPoint address) => (await Command.Run(
        "curl", "--silent", "--show-error", "--max-time", "10", "--cacert", certificates.Authority, $"https://127.0.0.1:{address.Port}/")).Succeeded();
}
