using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class OptionsTests
{
    private const string Maildir = """{"kind":"maildir","path":"/var/mail/alerts"}""";

    [Fact]
    public void Two_settings_are_enough()
    {
        var options = Read($$"""{"to":"admin@example.org","transport":[{{Maildir}}]}""");

        Assert.Equal(["admin@example.org"], options.Recipients);
        Assert.Equal("superserver@web1", options.Sender);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Pace.Settle);
        Assert.Equal(TimeSpan.FromMinutes(5), options.Pace.Gap(0));
        Assert.Equal(TimeSpan.FromHours(24), options.Pace.Gap(7));
        Assert.Equal(TimeSpan.FromHours(24), options.Pace.Calm);
        Assert.True(options.Resolve);
        Assert.Equal([new TransportOptions.Maildir("/var/mail/alerts")], options.Transports);
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var options = Read(
            """
            {"to":["a@example.org","b@example.org"],"from":"x@example.org","settle_ms":100,"gaps_s":[1,2],"calm_s":3,"resolve":"off",
             "linger_ms":7,"transport":[
              {"kind":"smtp","host":"mail.example.org","port":25,"tls":"starttls","user":"u","password_file":"/p"},
              {"kind":"sendmail","path":"/bin/sendmail"}]}
            """);

        Assert.Equal(["a@example.org", "b@example.org"], options.Recipients);
        Assert.Equal("x@example.org", options.Sender);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], options.Pace.Gaps);
        Assert.False(options.Resolve);
        Assert.Equal(TimeSpan.FromMilliseconds(7), options.Linger);
        Assert.Equal(
            [
                new TransportOptions.Smtp(new SmtpSettings { Host = "mail.example.org", Port = 25, User = "u", Password = new SecretSource("/p", null) }),
                new TransportOptions.Sendmail("/bin/sendmail"),
            ],
            options.Transports);
    }

    [Fact]
    public void Hooks_can_get_every_mail()
    {
        var options = Read(
            """
            {"to":"a@b.example","transport":[
              {"kind":"webhook","url":"https://h.example/x","headers_file":"/h","ca_file":"/ca","always":true},
              {"kind":"webhook","url_fd":3},{"kind":"exec","command":["/hook","a"]},{"kind":"log","always":true}]}
            """);

        Assert.Equal([true, false, false, true], options.Transports.Select(transport => transport.Always));
        Assert.Equal(
            new WebTarget { Address = new Uri("https://h.example/x"), Headers = new SecretSource("/h", null), AuthorityFile = "/ca" },
            Assert.IsType<TransportOptions.Webhook>(options.Transports[0]).Target);
        Assert.Equal(new SecretSource(null, 3), Assert.IsType<TransportOptions.Webhook>(options.Transports[1]).Target.AddressFile);
        Assert.Equal(["/hook", "a"], Assert.IsType<TransportOptions.Exec>(options.Transports[2]).Command);
    }

    [Theory]
    [InlineData("""{"kind":"smtp","host":"h"}""", 587, "StartTls")]
    [InlineData("""{"kind":"smtp","host":"h","port":465}""", 465, "Tls")]
    [InlineData("""{"kind":"smtp","host":"h","port":465,"tls":"starttls"}""", 465, "StartTls")]
    [InlineData("""{"kind":"smtp","host":"h","port":25,"tls":"none"}""", 25, "None")]
    [InlineData("""{"kind":"smtp","host":"127.0.0.1","tls":"none","user":"u","password_file":"/p"}""", 587, "None")]
    public void A_server_is_spoken_to_in_clear_text_only_when_told(string transport, int port, string protection)
    {
        var smtp = Assert.IsType<TransportOptions.Smtp>(Read($$"""{"to":"a@b.example","transport":[{{transport}}]}""").Transports[0]);

        Assert.Equal((port, protection), (smtp.Settings.Port, smtp.Settings.Protection.ToString()));
    }

    [Theory]
    [InlineData("", "SUPERSERVER_OPTIONS is not JSON")]
    [InlineData("[]", "'options' must be an object")]
    [InlineData("{}", "'to' needs at least one address")]
    [InlineData("""{"to":"a@b.example"}""", "'transport' needs at least one entry")]
    [InlineData("""{"to":"a@b.example","transport":[]}""", "'transport' needs at least one entry")]
    [InlineData("""{"to":7,"transport":[]}""", "'to' must be a string")]
    [InlineData("""{"to":"nobody"}""", "'to': \"nobody\" is not a mail address")]
    [InlineData("""{"to":"-oQ@b.example"}""", "is not a mail address")]
    [InlineData("""{"to":"A <a@b.example>"}""", "is not a mail address")]
    [InlineData("""{"to":"a@b.example\nBcc: c@d.example"}""", "without control characters")]
    [InlineData("""{"to":"a@b.example","from":"x"}""", "'from': \"x\" is not a mail address")]
    [InlineData("""{"to":"a@b.example","gaps_s":[]}""", "'gaps_s' needs at least one number")]
    [InlineData("""{"to":"a@b.example","gaps_s":[0]}""", "'gaps_s' must be a whole number from 1")]
    [InlineData("""{"to":"a@b.example","settle_ms":-1}""", "'settle_ms' must be a whole number from 0")]
    [InlineData("""{"to":"a@b.example","resolve":"maybe"}""", "'resolve' must be one of confirm, off, not \"maybe\"")]
    [InlineData("""{"to":"a@b.example","too":1}""", "unknown option 'too'")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"pigeon"}]}""", "'kind' must be one of smtp, sendmail, maildir, webhook, exec, log")]
    [InlineData("""{"to":"a@b.example","transport":[{}]}""", "transport 1: 'kind' is missing")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"webhook"}]}""", "transport 1: 'url' is missing")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"webhook","url":"http://h.example/"}]}""", "'url' must be an https address")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"exec"}]}""", "transport 1: 'command' is missing")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"exec","command":["hook"]}]}""", "'command' must begin with the absolute path")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"smtp"}]}""", "transport 1: 'host' is missing")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"maildir"}]}""", "transport 1: 'path' is missing")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"maildir","path":"here"}]}""", "'path' must be an absolute path")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"sendmail","host":"h"}]}""", "transport 1: unknown option 'host'")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"smtp","host":"h","user":"u"}]}""", "'user' needs a 'password_file'")]
    [InlineData("""{"to":"a@b.example","transport":[{"kind":"smtp","host":"h","password_file":"/p"}]}""", "'password_file' needs a 'user'")]
    [InlineData(
        """{"to":"a@b.example","transport":[{"kind":"smtp","host":"h","tls":"none","user":"u","password_file":"/p"}]}""",
        "would show the password")]
    [InlineData("""{"to":"\ud800"}""", "SUPERSERVER_OPTIONS is not JSON")]
    public void A_mistake_is_named(string json, string words) =>
        Assert.Contains(words, Assert.Throws<OptionsException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static MailerOptions Read(string json) => OptionsReader.Read(json, "web1");
}
