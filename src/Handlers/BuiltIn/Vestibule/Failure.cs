namespace SuperServer.Handlers.BuiltIn.Vestibule;

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

    /// <summary>The fault is this machine's; the log says which.</summary>
    public const string Trouble = "trouble";
}
