using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>The keys about proxies and TLS; what is wrong with them stands in Broken/proxies.toml and Broken/tls.toml.</summary>
public sealed class VestibuleTests
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode All = OwnerAlone | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const uint GroupOfGit = 201;
    private const uint Repositories = 2000;
    private const uint Tls = 300;
    private const uint GroupOfTls = 301;

    [Fact]
    public void A_service_behind_proxies_trusts_those_that_it_names()
    {
        var proxy = SomeMachine.Root.ReadService(Proxied("trusted_proxies = [\"10.0.0.0/8\", \"::1\", \"uid:33\"]")).Proxy!;

        Assert.Equal(["10.0.0.0/8", "::1", "uid:33"], proxy.Trusted.Rules.Select(rule => rule.Text));
        Assert.Equal((TimeSpan.FromSeconds(5), "superserver.toml:5"), (proxy.Timeout, proxy.SetAt));
    }

    [Theory]
    [InlineData("")]
    [InlineData("proxy_protocol = false")]
    public void Without_the_key_clients_come_themselves(string key) =>
        Assert.Null(SomeMachine.Root.ReadService($"[service.telnet]\nexec = [\"/bin/cat\"]\n{key}").Proxy);

    [Fact]
    public void Who_is_trusted_and_for_how_long_may_stand_in_defaults_and_asks_for_no_header_there()
    {
        var services = SomeMachine.Root.Read("""
            [defaults]
            trusted_proxies = "10.0.0.5"
            proxy_timeout = "2s"
            [service.telnet]
            exec = ["/bin/cat"]
            proxy_protocol = true
            [service.echo]
            exec = ["/bin/cat"]
            """).Services;

        Assert.Equal(TimeSpan.FromSeconds(2), services[0].Proxy!.Timeout);
        Assert.Null(services[1].Proxy);
    }

    [Fact]
    public void A_line_that_has_moved_is_no_change_and_another_proxy_is_one()
    {
        var service = SomeMachine.Root.ReadService(Proxied("trusted_proxies = \"10.0.0.5\""));

        Assert.Equal(service, SomeMachine.Root.ReadService(Proxied("\n\ntrusted_proxies = \"10.0.0.5\"")));
        Assert.NotEqual(service, SomeMachine.Root.ReadService(Proxied("trusted_proxies = \"10.0.0.6\"")));
        Assert.NotEqual(service, SomeMachine.Root.ReadService(Proxied("trusted_proxies = \"10.0.0.5\"\nproxy_timeout = \"1s\"")));
    }

    [Fact]
    public void TLS_has_a_user_of_its_own_and_its_table_as_options()
    {
        var tls = Machine().ReadService(Secured("min_version = \"1.3\"")).Tls!;

        Assert.Equal(("superserver-mail", Tls), (tls.Identity.User, tls.Identity.Uid));
        Assert.Equal(
            """{"certificate":"/tls/web.pem","key":"/tls/web.key","user":"superserver-mail","min_version":"1.3"}""", tls.Options);
        Assert.Equal(("/tls/web.pem", "none", TimeSpan.FromSeconds(10)), (tls.Certificate, tls.ClientCertificates, tls.HandshakeTimeout));
    }

    [Fact]
    public void Hosts_have_certificates_of_their_own()
    {
        var tls = Machine().ReadService(Secured("hosts = { \"www.example.org\" = { certificate = \"/tls/web.pem\", key = \"/tls/web.key\" } }")).Tls!;

        Assert.Contains("\"hosts\":{\"www.example.org\":{\"certificate\":\"/tls/web.pem\"", tls.Options, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OwnerAlone, Tls, 0u, null)]
    [InlineData(OwnerAlone | UnixFileMode.GroupRead, 0u, GroupOfTls, null)]
    [InlineData(OwnerAlone, 0u, 0u, "may not be read by 'superserver-mail', who needs it")]
    [InlineData(OwnerAlone | UnixFileMode.GroupRead, 0u, Repositories, "may not be read by 'superserver-mail', who needs it")]
    [InlineData(All, Tls, 0u, "can be read by everybody")]
    [InlineData(All ^ UnixFileMode.GroupRead, 0u, GroupOfGit, "can be read by everybody")]
    [InlineData(OwnerAlone | UnixFileMode.GroupRead, Tls, Repositories, "may be read by 'git'")]
    [InlineData(OwnerAlone | UnixFileMode.GroupRead, Tls, GroupOfGit, "may be read by 'git'")]
    public void A_key_is_for_the_user_of_TLS_and_not_for_the_program_behind_it(UnixFileMode mode, uint owner, uint group, string? objection)
    {
        var problems = Machine(new FileFacts(FileKind.Regular, mode, owner, group)).Problems(Secured());

        if (objection is null)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.Contains($"key '/tls/web.key' {objection}", Assert.Single(problems), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(nameof(FileKind.Missing), "does not exist")]
    [InlineData(nameof(FileKind.Directory), "is a directory")]
    [InlineData(nameof(FileKind.Special), "is not a regular file")]
    [InlineData(nameof(FileKind.Hidden), null)]
    public void A_file_must_be_there_as_far_as_it_can_be_seen(string kind, string? objection) =>
        Assert.Equal(
            objection is null ? [] : [$"5:49: key '/tls/web.key' {objection}"],
            Machine(new FileFacts(Enum.Parse<FileKind>(kind))).Problems(Secured()));

    [Fact]
    public void A_host_of_tls_may_stand_for_all_names_of_one_label_before_it() =>
        Assert.Contains(
            "\"hosts\":{\"*.example.org\":",
            Machine().ReadService(Secured("hosts = { \"*.example.org\" = { certificate = \"/tls/web.pem\", key = \"/tls/web.key\" } }")).Tls!.Options,
            StringComparison.Ordinal);

    [Fact]
    public void A_folder_that_is_closed_to_the_user_is_named()
    {
        var machine = Machine();
        var host = machine with { Look = path => path == "/tls" ? new FileFacts(FileKind.Directory, OwnerAlone, 0, 0) : machine.Look(path) };

        Assert.All(host.Problems(Secured()), problem =>
            Assert.Contains("cannot be reached by 'superserver-mail', who is to read it: '/tls' is closed to it", problem, StringComparison.Ordinal));
        Assert.Equal(2, host.Problems(Secured()).Length);
    }

    [Fact]
    public void The_user_of_TLS_is_not_the_programs() =>
        Assert.Contains("is the program's own", Assert.Single(Machine(new FileFacts(FileKind.Hidden)).Problems(
            Secured().Replace("user = \"superserver-mail\"", "user = \"git\"", StringComparison.Ordinal))), StringComparison.Ordinal);

    [Fact]
    public void An_ordinary_users_daemon_has_one_user_for_everything() =>
        Assert.False((SomeMachine.Alice with { Look = Machine(new FileFacts(FileKind.Regular, OwnerAlone, 1000)).Look }).ReadService(
            Secured().Replace(", user = \"superserver-mail\"", "", StringComparison.Ordinal).Replace("user = \"git\"", "", StringComparison.Ordinal)).Tls!.Identity.IsSwitched);

    [Fact]
    public void A_service_that_is_asleep_may_wait_for_its_certificate() =>
        Assert.Empty(SomeMachine.Root.Problems($"{Secured()}\nenabled = false"));

    [Fact]
    public void Other_files_or_another_user_make_another_service()
    {
        var service = Machine().ReadService(Secured());

        Assert.Equal(service, Machine().ReadService(Secured()));
        Assert.NotEqual(service, Machine().ReadService(Secured("min_version = \"1.3\"")));
    }

    private static string Proxied(string keys) => $"[service.telnet]\nexec = [\"/bin/cat\"]\n# a comment\nproxy_protocol = true\n{keys}\n";

    private static string Secured(string more = "handshake_timeout = \"10s\"") => $$"""
        [service.https]
        listen = "tcp:443"
        exec = ["/bin/cat"]
        user = "git"
        tls = { certificate = "/tls/web.pem", key =     "/tls/web.key", user = "superserver-mail", {{more}} }
        """.Replace(", handshake_timeout = \"10s\"", "", StringComparison.Ordinal);

    private static HostFacts Machine(FileFacts? key = null) => SomeMachine.Root with
    {
        Look = path => path switch
        {
            "/tls" => new FileFacts(FileKind.Directory, (UnixFileMode)0b111_101_101),
            "/tls/web.pem" => new FileFacts(FileKind.Regular, All),
            "/tls/web.key" => key ?? new FileFacts(FileKind.Regular, OwnerAlone, Tls),
            _ => SomeMachine.Root.Look(path),
        },
    };
}
