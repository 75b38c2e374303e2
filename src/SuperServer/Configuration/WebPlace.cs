using System.Text.Json;

namespace SuperServer.Configuration;

/// <summary>Where something is posted to, as the mailer is told about it.</summary>
internal sealed record WebPlace
{
    /// <summary>Null when it stands in a file, because it is a secret itself.</summary>
    public string? Address { get; init; }

    public SecretFile? AddressFile { get; init; }

    /// <summary>Headers, one a line.</summary>
    public SecretFile? HeadersFile { get; init; }

    /// <summary>Certificates in PEM: no other authority is believed.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The server that is connected to; null when nobody but the mailer knows it.</summary>
    public MailServer? Server => Address is null ? null : new Uri(Address) switch { var address => new MailServer(address.Host.Trim('[', ']'), address.Port) };

    public void WriteTo(Utf8JsonWriter json)
    {
        LettersJson.WriteIfAny(json, "url", Address);
        AddressFile?.WriteTo(json, "url");
        HeadersFile?.WriteTo(json, "headers");
        LettersJson.WriteIfAny(json, "ca_file", AuthorityFile);
    }
}

/// <summary>A server that the mailer connects to.</summary>
internal sealed record MailServer(string Host, int Port);
