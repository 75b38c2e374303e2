using System.Text.Json;

namespace SuperServer.Configuration;

/// <summary>A way for mail to leave this host, as the mailer is told about it.</summary>
internal abstract record MailTransport
{
    public abstract void WriteTo(Utf8JsonWriter json);

    /// <summary>A mail server, spoken to by the mailer itself.</summary>
    public sealed record Smtp(string Host, int Port, string Tls, string? User, string? PasswordFile) : MailTransport
    {
        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("kind", "smtp");
            json.WriteString("host", Host);
            json.WriteNumber("port", Port);
            json.WriteString("tls", Tls);
            if (User is not null)
            {
                json.WriteString("user", User);
                json.WriteString("password_file", PasswordFile);
            }

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
