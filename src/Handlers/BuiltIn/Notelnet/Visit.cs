using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// One touch from the record to the end, in this order: its record is kept, then the client sees what the policy says, then how it
/// ended is recorded. It waits for nothing and appends nothing itself: a process for one client and a loop for thousands drive it alike.
/// </summary>
internal sealed class Visit(int socket, TouchRecord touch, Policy policy)
{
    /// <summary>For a visit of which only the record is to be made.</summary>
    public const int NoSocket = -1;

    public int Socket => socket;

    public TouchRecord Touch => touch;

    /// <summary>What the daemon calls the connection of a pool; empty elsewhere.</summary>
    public byte[] PoolId { get; init; } = [];

    /// <summary>What came with a datagram, as far as it may be kept, and how long it was.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    public int PayloadLength { get; init; }

    /// <summary>Whether its record is durable, or at least counted.</summary>
    public Kept Kept { get; private set; }

    /// <summary>The client's last moments, once <see cref="Part"/> has begun them.</summary>
    public Parting? Parting { get; private set; }

    /// <summary>
    /// Begins what the client gets to see. The notice says that the visit was recorded, and a tarpit is for those of whom there is a record:
    /// without one there is neither.
    /// </summary>
    public Parting Part(Kept kept, TarpitLimits limits, long now)
    {
        Kept = kept;
        var parting = Choose(kept, limits);
        Parting = parting;
        parting.Begin(now);
        return parting;
    }

    /// <summary>How the parting ended.</summary>
    public EndRecord End(Parting parting) => new()
    {
        Id = touch.Id,
        Duration = TimeSpan.FromMicroseconds((Machine.Nanoseconds() - touch.Monotonic) / 1000),
        Why = parting.Why,
        BytesOut = parting.BytesOut,
        BytesIn = parting.BytesIn,
        First = parting.First,
    };

    private Parting Choose(Kept kept, TarpitLimits limits) => touch.Action switch
    {
        Policy.Silent => new Heard(policy.Capture, Payload, PayloadLength),
        Policy.Reset => new Rebuff(socket),
        Policy.Message when kept == Kept.Recorded => new Farewell(socket, policy.Capture, Notice()),
        Policy.Tarpit when kept == Kept.Recorded => new Tarpit(socket, policy.Capture, limits.Time),
        _ => new Silence(socket, socket == NoSocket ? 0 : policy.Capture),
    };

    private byte[] Notice() => policy.Notice.For(touch.Source.Address, touch.At, touch.Reference);
}
