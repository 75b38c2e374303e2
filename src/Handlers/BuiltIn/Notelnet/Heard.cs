namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary><c>silent</c>: a datagram was all there is. Nothing is sent, ever: its sender can be forged, so an answer could be aimed.</summary>
internal sealed class Heard(int capture, ReadOnlyMemory<byte> first, int length) : Parting(NoSocket, capture)
{
    private const int NoSocket = -1;

    public override void Begin(long now)
    {
        Keep(first.Span, length);
        End(Drained);
    }

    public override void Step(long now)
    {
    }

    /// <summary>The socket is everybody's.</summary>
    public override void Close()
    {
    }
}
