using System.Text.Json.Serialization;
using SuperServer.Admitting;

namespace SuperServer;

/// <summary>
/// What a daemon leaves to the one that takes its place in the same process: descriptors by their numbers, and what it knows of
/// them. Times are on the machine's monotonic clock, which goes on.
/// </summary>
internal sealed record Estate
{
    /// <summary>What this program writes, and the only thing that it reads.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>The first part of every connection's id.</summary>
    public required string Run { get; init; }

    /// <summary>The last connection's number.</summary>
    public required long LastId { get; init; }

    /// <summary>The lock that keeps a second daemon out.</summary>
    public required int RunLock { get; init; }

    public required IReadOnlyList<ServiceEstate> Services { get; init; }

    public required IReadOnlyList<ListenerEstate> Listeners { get; init; }

    public required IReadOnlyList<ChildEstate> Children { get; init; }

    public required IReadOnlyList<ConnectionEstate> Connections { get; init; }

    /// <summary>Every descriptor that is named here.</summary>
    [JsonIgnore]
    public IEnumerable<int> Descriptors =>
    [
        RunLock,
        .. Listeners.Select(listener => listener.Descriptor),
        .. Children.SelectMany(child => new[] { child.PidFd, child.Words, child.Socket }).Where(descriptor => descriptor >= 0),
    ];
}

/// <summary>What a service has lived through.</summary>
internal sealed record ServiceEstate
{
    public required string Name { get; init; }

    public required bool IsPaused { get; init; }

    public required bool IsDraining { get; init; }

    public required long Served { get; init; }

    public required long Refused { get; init; }

    /// <summary>Counts of missed visitors that could not be recorded yet.</summary>
    public IReadOnlyList<ShedBatch> Missed { get; init; } = [];

    /// <summary>When its own bucket will be full, in ticks.</summary>
    public required long PaceFullAt { get; init; }

    /// <summary>When the bucket of each source will be.</summary>
    public required IReadOnlyDictionary<string, long> SourcesFullAt { get; init; }
}

/// <summary>An open socket, as the file calls it.</summary>
internal sealed record ListenerEstate
{
    public required string Service { get; init; }

    public required string Endpoint { get; init; }

    public required int Descriptor { get; init; }
}

/// <summary>A child that lives.</summary>
internal sealed record ChildEstate
{
    public required string Service { get; init; }

    public required long Id { get; init; }

    public required int Pid { get; init; }

    public required int PidFd { get; init; }

    public required long SinceTicks { get; init; }

    /// <summary>Where its standard error arrives; -1 when that leads elsewhere.</summary>
    public required int Words { get; init; }

    public required PeerEstate? Peer { get; init; }

    /// <summary>The endpoints that a wait server has.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>Our end of a worker's socket; -1 for a worker that has been sent away, and for any other child.</summary>
    public required int Socket { get; init; }

    public required bool IsWorker { get; init; }

    public required bool IsRetiring { get; init; }

    /// <summary>Connections a worker has ever got.</summary>
    public required int Taken { get; init; }

    /// <summary>When it is killed, for it has been told to end; null when it has not.</summary>
    public required long? KillAtTicks { get; init; }
}

/// <summary>A connection that is being served.</summary>
internal sealed record ConnectionEstate
{
    public required string Service { get; init; }

    public required long Id { get; init; }

    public required int Pid { get; init; }

    public required PeerEstate Peer { get; init; }

    /// <summary>As whom it counts, whatever the file says of networks by now.</summary>
    public required string Source { get; init; }

    public required long SinceTicks { get; init; }
}

/// <summary>A client: address and port, or the credentials of a local process.</summary>
internal sealed record PeerEstate
{
    public string? Address { get; init; }

    public int Port { get; init; }

    /// <summary>Of a virtual machine.</summary>
    public uint? Cid { get; init; }

    public int Pid { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }
}

/// <summary>The estate as JSON, without reflection.</summary>
[JsonSerializable(typeof(Estate))]
internal sealed partial class EstateJson : JsonSerializerContext;
