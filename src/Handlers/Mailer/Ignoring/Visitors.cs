using System.Net;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Mailer;

/// <summary>What the mailer thinks of a visitor when it takes in a touch.</summary>
internal readonly record struct Verdict(StreamClass Class, bool IsIgnored);

/// <summary>Judges visitors by the address of the connection, never by a name that its owner chose.</summary>
/// <param name="classOf">How near an address is.</param>
/// <param name="isIgnored">Whether an address is on an ignore list.</param>
/// <param name="refresh">Looks whether what these two go by has changed.</param>
internal sealed class Visitors(Func<IPAddress?, StreamClass> classOf, Func<IPAddress?, bool> isIgnored, params Action[] refresh)
{
    /// <summary>Nobody is ignored but by the record, and inside is what the form of the address says.</summary>
    public static Visitors Anybody { get; } = new(
        address => Neighbourhoods.Of(address) == Neighbourhood.Outside ? StreamClass.Outside : StreamClass.Inside,
        _ => false);

    /// <summary>Follows what has changed: files, interfaces, addresses of hosts. Cheap; once a round.</summary>
    public void Refresh() => Array.ForEach(refresh, look => look());

    public Verdict Judge(TouchRecord touch) => new(ClassOf(touch), touch.Ignored || isIgnored(touch.Source.Address));

    /// <summary>Connections that were only counted: inside when all that is known of them is.</summary>
    public StreamClass ClassOf(IReadOnlyCollection<IPAddress> sources) =>
        sources.Count > 0 && sources.All(source => classOf(source) == StreamClass.Inside) ? StreamClass.Inside : StreamClass.Outside;

    // Whoever comes by a Unix socket is on this very host.
    private StreamClass ClassOf(TouchRecord touch) => touch.Protocol == "ipc" ? StreamClass.Inside : classOf(touch.Source.Address);
}
