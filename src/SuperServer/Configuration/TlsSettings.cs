namespace SuperServer.Configuration;

/// <summary>
/// TLS before a service's program: a process of its own user has the key, talks TLS with the client, and clear text with the
/// program. What is in the files is between it and them; nobody else opens them.
/// </summary>
internal sealed record TlsSettings
{
    /// <summary>Who may read the key.</summary>
    public required Identity Identity { get; init; }

    /// <summary>The certificate's file, for people.</summary>
    public required string Certificate { get; init; }

    /// <summary>"none", "optional" or "required".</summary>
    public required string ClientCertificates { get; init; }

    /// <summary>The whole table as JSON: what the process is told.</summary>
    public required string Options { get; init; }

    /// <summary>How long a handshake may take.</summary>
    public required TimeSpan HandshakeTimeout { get; init; }
}
