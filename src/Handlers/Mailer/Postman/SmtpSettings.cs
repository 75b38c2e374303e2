namespace SuperServer.Handlers.Mailer;

/// <summary>How a connection to a mail server is protected. There is no "if possible": what is asked for is had, or nothing is sent.</summary>
internal enum Protection
{
    /// <summary>Upgraded before anything is said.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>Clear text, because the administrator says so.</summary>
    None,
}

/// <summary>A mail server and how to speak to it.</summary>
internal sealed record SmtpSettings
{
    public required string Host { get; init; }

    public int Port { get; init; } = 587;

    public Protection Protection { get; init; } = Protection.StartTls;

    public string? User { get; init; }

    /// <summary>Read at each use, so that a new password needs no restart.</summary>
    public SecretSource? Password { get; init; }

    /// <summary>OAuth2 in place of a password: a program and its arguments that prints an access token.</summary>
    public IReadOnlyList<string>? TokenCommand { get; init; }

    /// <summary>PEM: only a certificate of these authorities is good.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The SHA-256 of the server's certificate, in hexadecimal: exactly this one is good, whoever signed it.</summary>
    public string? Pin { get; init; }
}

/// <summary>How long we wait for a mail server (RFC 5321 §4.5.3.2, within reason).</summary>
internal sealed record SmtpPatience
{
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The answer to the whole message: giving up early delivers it twice.</summary>
    public TimeSpan FinalDot { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Everything together: a server that drips its answers never meets the other limits.</summary>
    public TimeSpan Whole { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>QUIT and its answer: the server has the mail, and we owe it a word.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of a person who sits before it: a test that hangs has told enough.</summary>
    public static SmtpPatience OfSomebodyWhoWaits { get; } = new()
    {
        Command = TimeSpan.FromSeconds(60),
        FinalDot = TimeSpan.FromMinutes(2),
        Whole = TimeSpan.FromMinutes(4),
    };
}
