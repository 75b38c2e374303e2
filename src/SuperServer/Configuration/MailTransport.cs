using System.Text.Json;

namespace SuperServer.Configuration;

/// <summary>A way for mail to leave this host, as the mailer is told about it.</summary>
internal abstract record MailTransport
{
    /// <summary>Gets every mail, whatever the others do; it is nobody's replacement.</summary>
    public bool Always { get; init; }

    /// <summary>The server that the mailer connects to by itself, as far as the configuration tells.</summary>
    public virtual MailServer? Server => null;

    protected abstract string Kind { get; }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", Kind);
        WriteKeys(json);
        if (Always)
        {
            json.WriteBoolean("always", true);
        }

        json.WriteEndObject();
    }

    protected abstract void WriteKeys(Utf8JsonWriter json);

    /// <summary>A mail server, spoken to by the mailer itself.</summary>
    public sealed record Smtp(string Host, int Port, string Tls) : MailTransport
    {
        public string? User { get; init; }

        public SecretFile? Password { get; init; }

        /// <summary>OAuth2 in place of a password: prints an access token.</summary>
        public ValueList<string>? TokenCommand { get; init; }

        /// <summary>Certificates in PEM: no other authority is believed.</summary>
        public string? AuthorityFile { get; init; }

        /// <summary>The only certificate that is believed, by its SHA-256.</summary>
        public string? Pin { get; init; }

        public override MailServer Server => new(Host, Port);

        protected override string Kind => "smtp";

        protected override void WriteKeys(Utf8JsonWriter json)
        {
            json.WriteString("host", Host);
            json.WriteNumber("port", Port);
            json.WriteString("tls", Tls);
            LettersJson.WriteIfAny(json, "user", User);
            Password?.WriteTo(json, "password");
            if (TokenCommand is { } command)
            {
                LettersJson.WriteTexts(json, "token_command", command);
            }

            LettersJson.WriteIfAny(json, "ca_file", AuthorityFile);
            LettersJson.WriteIfAny(json, "pin_sha256", Pin);
        }
    }

    /// <summary>The host's own mail system: a program that takes a mail on its standard input.</summary>
    public sealed record Sendmail(string Path) : MailTransport
    {
        protected override string Kind => "sendmail";

        protected override void WriteKeys(Utf8JsonWriter json) => json.WriteString("path", Path);
    }

    /// <summary>A directory of mails, one file each.</summary>
    public sealed record Maildir(string Path) : MailTransport
    {
        protected override string Kind => "maildir";

        protected override void WriteKeys(Utf8JsonWriter json) => json.WriteString("path", Path);
    }

    /// <summary>A program on the web that takes a mail as JSON.</summary>
    public sealed record Webhook(WebPlace Place) : MailTransport
    {
        public override MailServer? Server => Place.Server;

        protected override string Kind => "webhook";

        protected override void WriteKeys(Utf8JsonWriter json) => Place.WriteTo(json);
    }

    /// <summary>A program of this host that takes a mail as JSON on its standard input.</summary>
    public sealed record Exec(ValueList<string> Command) : MailTransport
    {
        protected override string Kind => "exec";

        protected override void WriteKeys(Utf8JsonWriter json) => LettersJson.WriteTexts(json, "command", Command);
    }

    /// <summary>The log, where nobody may be looking.</summary>
    public sealed record Log : MailTransport
    {
        protected override string Kind => "log";

        protected override void WriteKeys(Utf8JsonWriter json)
        {
        }
    }
}
