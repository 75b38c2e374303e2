namespace SuperServer.Handlers.Serving;

/// <summary>When a socket can be read and written again. It costs nothing until somebody has to wait.</summary>
internal sealed class Readiness(int socket)
{
    private readonly Lock _gate = new();
    private State _state;

    private enum State
    {
        Unwatched,
        Watched,
        Over,
    }

    public Signal Reading { get; } = new();

    public Signal Writing { get; } = new();

    public ValueTask Wait(Signal signal, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_state == State.Unwatched)
            {
                Watch.Begin(socket, this);
                _state = State.Watched;
            }
        }

        return signal.Wait(cancellation);
    }

    /// <summary>Before the socket is closed. Whoever waits gets an <see cref="ObjectDisposedException"/>.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_state == State.Watched)
            {
                Watch.End(socket);
            }

            _state = State.Over;
        }

        var closed = new ObjectDisposedException(nameof(ClientStream));
        Reading.End(closed);
        Writing.End(closed);
    }
}
