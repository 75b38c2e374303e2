using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>All that one mail is written from.</summary>
/// <param name="Host">As the reader knows the host, made safe to show.</param>
/// <param name="Period">How often a sign of life comes.</param>
internal sealed record Draft(
    MailKind Kind, string Host, Summary Summary, IReadOnlyDictionary<IPAddress, Finding> Names, Moment Moment, SelfCheck Period)
{
    private const string UnixSocket = "ipc";

    public Totals Totals { get; } = Totals.Of(Summary);

    /// <summary>The one event that the mail is about; null when there are more, or others that were only counted.</summary>
    public AlertEvent? Only =>
        Kind != MailKind.Quiet && Summary.CountedOnly.Count == 0 ? Summary.Only : null;

    /// <summary>Somebody of the own network: more urgent than the Internet's noise.</summary>
    public bool IsInside => Summary.Class == StreamClass.Inside || Summary.Only is { IsNear: true };

    public string PeriodWord => Period == SelfCheck.Daily ? "day" : "week";

    /// <summary>Whoever has no address came over a Unix socket, and so from this host.</summary>
    public bool IsLocal => Summary.Services.Count > 0 && Summary.Services.All(line => line.Protocol == UnixSocket);

    public static bool IsUnixSocket(string protocol) => protocol == UnixSocket;
}
