using System.Globalization;
using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// Admission as a pure question, for whom the <see cref="Doorkeeper"/> lets pass: a definition, a crowd and a moment go in, the first objection or null comes out. No socket, no
/// clock, no log.
/// </summary>
internal sealed class Gate(HouseRules house, BarredSources bars)
{
    // The kernel works the load average out every five seconds; to look once a second is to be there in time.
    private static readonly TimeSpan _nextLook = TimeSpan.FromSeconds(1);

    private HouseRules _house = house;

    public Gate(HouseRules house)
        : this(house, new BarredSources())
    {
    }

    /// <summary>Who may come nowhere.</summary>
    public BarredSources Bars { get; } = bars;

    public void Amend(HouseRules house) => _house = house;

    /// <summary>Whether one more client could be let in, whoever it is, and if not, when.</summary>
    public Room RoomFor(ServiceDefinition service, Crowd crowd, Pace pace, in Moment now)
    {
        var limits = service.Limits;
        return ObjectToFullness(limits, crowd, now) is { } full ? new Room(full, null)
            : ObjectToPace(limits, pace, now) is { } fast ? new Room(fast, pace.NextOfAll(limits, now.Clock))
            : ObjectToChildren(now) is { } many ? new Room(many, null)
            : ObjectToLoad(limits, now) is { } load ? new Room(load, now.Clock + _nextLook)
            : Room.Free;
    }

    /// <summary>The first objection to this client, or null. To ask is to come: who is let in takes his tokens.</summary>
    public Refusal? Consider(ServiceDefinition service, Crowd crowd, Pace pace, in Peer peer, in Moment now)
    {
        var limits = service.Limits;
        var source = Source.Of(peer, limits.SourcePrefix);
        var objection = ObjectToPast(limits, peer, now)
            ?? ObjectToPaceOf(source, limits, pace, now)
            ?? ObjectToCrowdOf(source, limits, crowd)
            ?? RoomFor(service, crowd, pace, now).Objection;
        if (objection is null)
        {
            pace.Take(source, limits, now.Clock);
        }

        return objection;
    }

    /// <summary>Somebody has come to a service: when it is a sensor, he is barred. Null when he is not, or is spared.</summary>
    public Bar? BarVisitor(ServiceDefinition service, in Peer peer, in Moment now) =>
        service.Limits.Sensor is { } length && !IsSpared(peer)
            ? Bars.Add(Source.Of(peer, service.Limits.SourcePrefix), length, service.Name, now.Clock)
            : null;

    /// <summary>A service's program has asked for a penalty. Null when the service gives none, or the source is spared.</summary>
    public Bar? BarOffender(ServiceDefinition service, Source source, in Peer peer, in Moment now) =>
        service.Limits.Penalty is { } length && !IsSpared(peer) ? Bars.Add(source, length, service.Name, now.Clock) : null;

    private static Refusal? ObjectToPaceOf(Source source, ServiceLimits limits, Pace pace, in Moment now) =>
        pace.NextOf(source, limits, now.Clock) is null
            ? null
            : new Refusal("rate_per_source", $"max={limits.RatePerSource!.Text} source={source}", limits.RatePerSource.SetAt);

    private static Refusal? ObjectToCrowdOf(Source source, ServiceLimits limits, Crowd crowd) =>
        limits.MaxPerSource is { } limit && crowd.Of(source) >= limit.Max
            ? new Refusal("max_per_source", $"{Max(limit)} source={source}", limit.SetAt)
            : null;

    private static Refusal? ObjectToFullness(ServiceLimits limits, Crowd crowd, in Moment now) =>
        crowd.Count + now.Expected >= limits.MaxConnections.Max
            ? new Refusal("max_connections", Max(limits.MaxConnections), limits.MaxConnections.SetAt)
            : null;

    private static Refusal? ObjectToPace(ServiceLimits limits, Pace pace, in Moment now) =>
        pace.NextOfAll(limits, now.Clock) is null
            ? null
            : new Refusal("rate", $"max={limits.Rate!.Text}", limits.Rate.SetAt);

    private static Refusal? ObjectToLoad(ServiceLimits limits, in Moment now) =>
        limits.MaxLoad is { } limit && now.Load > limit.Max
            ? new Refusal("max_load", $"{Max(limit)} load={now.Load.ToString("0.##", CultureInfo.InvariantCulture)}", limit.SetAt)
            : null;

    // By the address itself: a network that is barred may have an address in it that never is.
    private bool IsSpared(in Peer peer) =>
        peer is { IsUnix: false, Name.Vsock: null } && _house.NeverBar.Contains(peer.Name.Address);

    private static string Max(Limit limit) => string.Create(CultureInfo.InvariantCulture, $"max={limit.Max}");

    // A sensor goes on telling of those who are barred: that is what it is there for.
    private Refusal? ObjectToPast(ServiceLimits limits, in Peer peer, in Moment now)
    {
        if (limits.Sensor is not null || IsSpared(peer) || Bars.Find(peer, now.Clock) is not var (source, bar))
        {
            return null;
        }

        var until = BarLines.OnTheWall(bar.Until, now.Clock, now.Local.ToUniversalTime());
        return new Refusal(Refusal.Barred, $"until={until} by={bar.By} source={source}", null);
    }

    private Refusal? ObjectToChildren(in Moment now) =>
        _house.MaxChildren is { } limit && now.Children >= limit.Max
            ? new Refusal("max_children", Max(limit), limit.SetAt)
            : null;
}
