using System.Net;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers;

/// <summary>
/// One datagram that came to the service. It may be kept and answered later, more than once or not at all; nobody is told how its handling ended. Whoever sent it
/// can have forged the sender's address, so be careful with what an answer costs and whom it hits.
/// </summary>
public class Datagram
{
    private readonly Sender _sender;
    private readonly bool _isGuarded;

    internal Datagram(ReadOnlyMemory<byte> payload, SocketName source, SocketName? self, Sender sender, bool isGuarded, Log log)
    {
        Payload = payload;
        RemoteAddress = source.Address;
        RemotePort = source.Port;
        RemotePath = source.Path;
        LocalAddress = sender.Asked?.Address ?? (IsWildcard(self?.Address) ? null : self?.Address);
        LocalPort = self?.Port;
        IsSafeToAnswer = ReflectionGuard.MayAnswer(source, sender.Asked, self?.Port);
        _sender = sender;
        _isGuarded = isGuarded;
        Log = log;
    }

    /// <summary>What was sent: up to 65,507 bytes over UDP, nothing at all being possible. The bytes are yours.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The address that it says it is from; null for a Unix socket.</summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>The port that it says it is from; null for a Unix socket.</summary>
    public int? RemotePort { get; }

    /// <summary>The path of a Unix sender, <c>@name</c> in the abstract namespace; null when it has none, and then it cannot be answered.</summary>
    public string? RemotePath { get; }

    /// <summary>The address of this host that was asked (IP_PKTINFO, ip(7)): an answer is sent from it. Null where the kernel does not say.</summary>
    public IPAddress? LocalAddress { get; }

    /// <summary>The port that was asked; null for a Unix socket.</summary>
    public int? LocalPort { get; }

    /// <summary>The service's name in the configuration (SUPERSERVER_SERVICE); empty under another inetd.</summary>
    public string Service { get; } = Encounter.ServiceName;

    /// <summary>What is said here goes to the daemon's log, with the sender in brackets.</summary>
    public Log Log { get; }

    /// <summary>
    /// Whether the sender looks like a client. False for ports below 1024 and the service's own (a server that would answer the answer, for ever), for broadcast and
    /// multicast senders, and for what was sent to everybody or to a group. Always true for Unix sockets.
    /// </summary>
    public bool IsSafeToAnswer { get; }

    /// <summary>
    /// Sends an answer, from the address that was asked, and never waits. Nothing is sent when <see cref="IsSafeToAnswer"/> is false, unless
    /// <see cref="HandlerSettings.GuardsReplies"/> is off.
    /// </summary>
    /// <param name="answer">One datagram; may be empty.</param>
    /// <returns>False when it was not sent: guarded, too long, or the kernel has no room. Nothing else ever tells.</returns>
    public bool Reply(ReadOnlySpan<byte> answer) => (IsSafeToAnswer || !_isGuarded) && _sender.Send(answer);

    private static bool IsWildcard(IPAddress? address) => address is not null && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
}
