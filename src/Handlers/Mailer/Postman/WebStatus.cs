namespace SuperServer.Handlers.Mailer;

/// <summary>What an answer of HTTP means for what was posted.</summary>
internal static class WebStatus
{
    public static FailureClass ClassOf(int code) => code switch
    {
        408 or 421 or 425 or 429 => FailureClass.Transient,
        >= 500 and not (501 or 505) => FailureClass.Transient,

        // What was posted is refused, and would be again.
        400 or 409 or 413 or 415 or 422 => FailureClass.Permanent,

        // Nobody is there (any more), or nobody knows us: a setting must change, on one of the two sides.
        _ => FailureClass.Configuration,
    };

    /// <summary>Its <c>Retry-After</c> is listened to.</summary>
    public static bool MayAskForPatience(int code) => code is 413 or 429 or 503;
}
