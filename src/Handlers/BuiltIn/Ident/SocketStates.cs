namespace SuperServer.Handlers.BuiltIn.Ident;

/// <summary>The states of a TCP socket as the kernel numbers them (include/net/tcp_states.h).</summary>
internal static class SocketStates
{
    private const int TimeWait = 6;
    private const int Close = 7;
    private const int Listen = 10;

    /// <summary>
    /// Whether it is a connection that somebody has. One that was closed is the kernel's, which says uid 0; one that listens is none; one
    /// whose handshake goes on is nobody's yet.
    /// </summary>
    public static bool HaveOwner(int state) => state is > 0 and < Listen and not TimeWait and not Close;
}
