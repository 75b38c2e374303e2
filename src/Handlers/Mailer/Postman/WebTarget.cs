namespace SuperServer.Handlers.Mailer;

/// <summary>Where something is posted to, and what proves that it is we who post.</summary>
internal sealed record WebTarget
{
    /// <summary>Null when it is a secret itself.</summary>
    public Uri? Address { get; init; }

    /// <summary>A file that holds the address, for those that whoever knows them may post to.</summary>
    public SecretSource? AddressFile { get; init; }

    /// <summary>A file of headers, one a line: tokens and the like.</summary>
    public SecretSource? Headers { get; init; }

    /// <summary>PEM: only a certificate of these authorities is good.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The address without what may be secret in it.</summary>
    public string Name => Address is { } address ? address.Authority : Path.GetFileName(AddressFile?.Path) ?? "(secret)";
}
