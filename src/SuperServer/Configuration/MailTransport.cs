using System.Text.Json;

namespace SuperServer.Configuration;

/// <summary>A way for mail to leave this host, as the mailer is told about it.</summary>
internal abstract record MailTransport
{
    public abstract void WriteTo(Utf8JsonWriter json);

    /// <summary>A mail server, spoken to by the mailer itself.</summary>
    public sealed record Smtp(string Host, int Port, string Tls) : MailTransport
    {
        public string? User { get; init; }

        public string? PasswordFile { get; init; }

        /// <summary>OAuth2 in place of a password: prints an access token.</summary>
        public ValueList<string>? TokenCommand { get; init; }

        /// <summary>Certificates in PEM: no other authority is believed.</summary>
        public string? AuthorityFile { get; init; }

        /// <summary>The only certificate that is believed, by its SHA-256.</summary>
        public string? Pin { get; init; }

        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("kind", "smtp");
            json.WriteString("host", Host);
            json.WriteNumber("port", Port);
            json.WriteString("tls", Tls);
            LettersJson.WriteIfAny(json, "user", User);
            LettersJson.WriteIfAny(json, "password_file", PasswordFile);
            if (TokenCommand is { } command)
            {
                LettersJson.WriteTexts(json, "token_command", command);
            }

            LettersJson.WriteIfAny(json, "ca_file", AuthorityFile);
            LettersJson.WriteIfAny(json, "pin_sha256", Pin);
            json.WriteEndObject();
        }
    }

    /// <summary>The host's own mail system: a program that takes a mail on its standard input.</summary>
    public sealed record Sendmail(string Path) : MailTransport
    {
        public override void WriteTo(Utf8JsonWriter json) => WriteWithPath(json, "sendmail", Path);
    }

    /// <summary>A directory of mails, one file each.</summary>
    public sealed record Maildir(string Path) : MailTransport
    {
        public override void WriteTo(Utf8JsonWriter json) => WriteWithPath(json, "maildir", Path);
    }

    private static void WriteWithPath(Utf8JsonWriter json, string kind, string path)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind);
        json.WriteString("path", path);
        json.WriteEndObject();
    }
}
