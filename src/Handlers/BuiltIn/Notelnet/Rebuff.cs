using System.Runtime.InteropServices;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary><c>reset</c>: no word and no end, as from a host where the connection never was.</summary>
internal sealed class Rebuff(int socket) : Parting(socket, capture: 0)
{
    public override void Begin(long now)
    {
        ReadOnlySpan<int> linger = [1, 0];      // struct linger: on, for no second at all
        _ = Libc.setsockopt(Socket, Libc.SOL_SOCKET, Libc.SO_LINGER, MemoryMarshal.AsBytes(linger), 2 * sizeof(int));
        End(WeReset);
    }

    public override void Step(long now)
    {
    }

    /// <summary>A shutdown would send the FIN that this is to be without.</summary>
    public override void Close() => _ = Libc.close(Socket);
}
