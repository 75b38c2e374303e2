using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>Secrets from $CREDENTIALS_DIRECTORY, which systemd's LoadCredential= fills for the daemon alone.</summary>
public sealed class CredentialTests
{
    private const string Text = """
        [alerts]
        to = "you@example.org"
        transport = [
            { kind = "smtp", host = "mail.example.org", user = "me", password_file = "password" },
            { kind = "webhook", url = "https://h.example/", headers_file = "headers" },
            { kind = "webhook", url_file = "password" },
        ]
        """;

    [Fact]
    public void The_daemon_opens_what_only_root_can_and_says_by_which_number()
    {
        var mailer = With(SomeMachine.Root, "password", "headers").ReadService(Text);

        Assert.Equal(["/run/credentials/password", "/run/credentials/headers"], mailer.OpenFiles);
        Assert.Contains("\"user\":\"me\",\"password_fd\":3}", Options(mailer), StringComparison.Ordinal);
        Assert.Contains("\"headers_fd\":4}", Options(mailer), StringComparison.Ordinal);
        Assert.Contains("\"url_fd\":3}", Options(mailer), StringComparison.Ordinal);
    }

    [Fact]
    public void An_ordinary_user_s_mailer_opens_them_itself()
    {
        var mailer = With(SomeMachine.Alice, "password", "headers").ReadService(Text);

        Assert.Empty(mailer.OpenFiles);
        Assert.Contains("\"password_file\":\"/run/credentials/password\"", Options(mailer), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_credential_is_looked_for_where_it_always_was()
    {
        var problems = With(SomeMachine.Root, "password").Problems(Text);

        Assert.Equal(["5:68: headers file 'headers' does not exist"], problems);
    }

    [Fact]
    public void A_path_is_no_credential()
    {
        var host = With(SomeMachine.Root, "password", "headers", "etc/secret");

        Assert.Empty(host.ReadService(Text.Replace("\"password\"", "\"/etc/secret\"", StringComparison.Ordinal)
            .Replace("\"headers\"", "\"/etc/secret\"", StringComparison.Ordinal)).OpenFiles);
    }

    [Theory]
    [InlineData("/run/somewhere", "/run/somewhere")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_environment_says_where_they_are(string? told, string? found) => Assert.Equal(found, Directories.OfCredentials(told));

    // What systemd lays down is root's, and nobody else may read it.
    private static HostFacts With(HostFacts host, params string[] names) => host with
    {
        CredentialsDirectory = "/run/credentials",
        Look = path => names.Any(name => path == $"/run/credentials/{name}") ? new FileFacts(FileKind.Regular, UnixFileMode.UserRead, Owner: 0) : host.Look(path),
    };

    private static string Options(ServiceDefinition mailer) =>
        mailer.Environment.Single(variable => variable.Name == "SUPERSERVER_OPTIONS").Value;
}
