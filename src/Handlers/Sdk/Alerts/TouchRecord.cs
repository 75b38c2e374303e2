using System.Net;

namespace SuperServer.Handlers.Alerts;

/// <summary>Somebody touched the wire. Durable before the client is answered: it is the alert, all the rest is detail.</summary>
internal sealed record TouchRecord : AlertRecord
{
    public const string Kind = "touch";

    /// <summary>Six Crockford base32 characters that the client is told and the mail repeats.</summary>
    public required string Reference { get; init; }

    /// <summary>The daemon's id of the connection, as in its log; null under another inetd.</summary>
    public string? Connection { get; init; }

    public required string Host { get; init; }

    /// <summary>The host's stable id, 16 hexadecimal digits, whatever its name is; null where nobody knew it.</summary>
    public string? Machine { get; init; }

    public required string Service { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, or <c>ipc</c> for a Unix socket.</summary>
    public required string Protocol { get; init; }

    /// <summary>Anybody may have written <see cref="Source"/> on it: a datagram over IP. Nobody is to be barred or trusted for it.</summary>
    public bool Spoofable { get; init; }

    public required AlertSource Source { get; init; }

    public required AlertTarget Target { get; init; }

    /// <summary>Wall clock, UTC, to the millisecond.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The first four hexadecimal digits of the kernel's boot id: <see cref="Monotonic"/> compares only within one boot.</summary>
    public required string Boot { get; init; }

    /// <summary>CLOCK_BOOTTIME in nanoseconds: orders events even when the wall clock is set back.</summary>
    public required long Monotonic { get; init; }

    /// <summary>
    /// Where the address was learnt: <c>getpeername</c>, <c>accept</c>, <c>recvmsg</c>, the name of an environment variable, <c>unix</c>, or
    /// <c>lost</c>.
    /// </summary>
    public required string PeerFrom { get; init; }

    /// <summary>The policy that was chosen: <c>message</c>, <c>close</c>, <c>reset</c>, <c>tarpit</c>, or <c>silent</c> for a datagram.</summary>
    public required string Action { get; init; }

    /// <summary>On the ignore list: to be counted, not to be mailed alone.</summary>
    public bool Ignored { get; init; }

    public required int ProcessId { get; init; }
}

/// <summary>Who touched it. An address that could not be learnt is null; the touch still counts.</summary>
/// <param name="Address">IPv4-mapped addresses appear as IPv4; a link-local one carries its scope.</param>
/// <param name="Port">Null when unknown.</param>
/// <param name="Net">Near or far.</param>
/// <param name="Mapped">The socket had it as <c>::ffff:a.b.c.d</c>.</param>
internal sealed record AlertSource(IPAddress? Address, int? Port, Neighbourhood Net, bool Mapped);

/// <summary>Where the wire is. Null on both sides for a Unix socket.</summary>
internal sealed record AlertTarget(IPAddress? Address, int? Port);
