using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// Admission as a pure question: a definition, a crowd and a moment go in, the first objection or null comes out. No socket, no
/// clock, no log.
/// </summary>
internal sealed class Gate(HouseRules house)
{
    private HouseRules _house = house;

    public void Amend(HouseRules house) => _house = house;

    /// <summary>Whether one more client could be let in, whoever it is.</summary>
    public Room RoomFor(ServiceDefinition service, Crowd crowd, Pace pace, in Moment now)
    {
        _ = (_house, pace, now);
        return crowd.Count < service.Limits.MaxConnections.Max
            ? Room.Free
            : new Room(new Refusal("max_connections", $"max={service.Limits.MaxConnections.Max}", service.Limits.MaxConnections.SetAt), null);
    }

    /// <summary>The first objection to this client, or null. To ask is to come: a client that is let in takes its tokens.</summary>
    public Refusal? Consider(ServiceDefinition service, Crowd crowd, Pace pace, in Peer peer, in Moment now)
    {
        _ = peer;
        return RoomFor(service, crowd, pace, now).Objection;
    }
}
