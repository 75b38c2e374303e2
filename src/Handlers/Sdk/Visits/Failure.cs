namespace SuperServer.Handlers.Visits;

/// <summary>Why a visit has failed, in the words that the daemon knows.</summary>
internal static class Failure
{
    /// <summary>The client has not said all of it in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>He has gone before he had said all of it.</summary>
    public const string Closed = "closed";

    /// <summary>It begins as it should and goes on as it must not.</summary>
    public const string Malformed = "malformed";

    /// <summary>It does not even begin as it should.</summary>
    public const string NoHeader = "no-header";

    /// <summary>It is longer than anything honest.</summary>
    public const string TooLong = "too-long";

    /// <summary>It is right, and speaks of something that cannot be served.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>He does not even try to speak TLS.</summary>
    public const string NotTls = "not-tls";

    /// <summary>He and we have found no way to speak TLS with each other.</summary>
    public const string Handshake = "handshake";

    /// <summary>He has to show a certificate and has shown none.</summary>
    public const string NoCertificate = "no-certificate";

    /// <summary>The certificate that he has shown is not good here.</summary>
    public const string BadCertificate = "bad-certificate";

    /// <summary>The fault is this machine's; the log says which.</summary>
    public const string Trouble = "trouble";
}
