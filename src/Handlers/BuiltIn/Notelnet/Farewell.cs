using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// <c>message</c>: the notice, in one send that does not wait, and then reading what the client sends, so that the close is a FIN. A close
/// with unread bytes is a reset, and it would destroy the notice under a telnet client, which sends its options at once.
/// </summary>
internal sealed class Farewell(int socket, int capture, byte[] notice) : Parting(socket, capture)
{
    public const int MaxHeard = 4096;
    public const int Patience = 2_000;

    public override void Begin(long now)
    {
        if (!Say(notice))
        {
            End(PeerReset);
            return;
        }

        _ = Libc.shutdown(Socket, Libc.SHUT_WR);
        WakesAt = now + Patience;
        Step(now);
    }

    public override void Step(long now) => HearOut(MaxHeard, now);
}
