namespace SuperServer.Handlers.Mailer;

/// <summary>How much is taken in in a round.</summary>
internal enum Portion
{
    All,

    /// <summary>One batch: there is little room, and it is needed for the mail that says so.</summary>
    Little,

    /// <summary>Nothing but the overflow counters: there is no room, and the journals keep what they have.</summary>
    CountersOnly,
}
