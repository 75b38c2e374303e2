using System.Text.RegularExpressions;

namespace SuperServer.Handlers.Mailer;

/// <summary>The number under which a mail server has put a mail into its queue: what its administrator looks for in his log.</summary>
internal static partial class QueueId
{
    /// <summary>Null when the reply names none in a form that is known here.</summary>
    public static string? Of(string reply) =>
        Known().Match(reply) is { Success: true } match ? match.Groups["id"].Value : null;

    // Postfix; Exim; OpenSMTPD and Sendmail; Exchange; Gmail.
    [GeneratedRegex(@"queued as (?<id>[\w.-]+)|\bid=(?<id>[\w-]+)|(?<id>[\w-]+) Message accepted for delivery|\[InternalId=(?<id>\d+)|(?<id>[\w.-]+) - gsmtp", RegexOptions.IgnoreCase)]
    private static partial Regex Known();
}
