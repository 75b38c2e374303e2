using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// Whose socket each watched one is, and what for. A socket that is waited for by nobody is not watched at all: an end that has
/// nothing more to do would wake the loop for ever.
/// </summary>
internal sealed class Watch<TOwner>(Poller poller)
    where TOwner : class
{
    private readonly Dictionary<int, (TOwner Owner, short Events)> _sockets = [];

    public TOwner? OwnerOf(int socket) => _sockets.TryGetValue(socket, out var entry) ? entry.Owner : null;

    /// <param name="socket">To be watched from now on, or no longer.</param>
    /// <param name="events">Of poll(2); none to leave it alone.</param>
    /// <param name="owner">Who is told.</param>
    public void Set(int socket, short events, TOwner owner)
    {
        var isWatched = _sockets.TryGetValue(socket, out var before);
        if (events == 0)
        {
            Forget(socket);
        }
        else if (!isWatched)
        {
            _ = poller.TryWatch(socket, events);
            _sockets.Add(socket, (owner, events));
        }
        else if (before.Events != events)
        {
            poller.Change(socket, events);
            _sockets[socket] = (owner, events);
        }
    }

    /// <summary>Its number may be another's at once.</summary>
    public void Close(int socket)
    {
        Forget(socket);
        _ = Libc.close(socket);
    }

    private void Forget(int socket)
    {
        if (_sockets.Remove(socket))
        {
            poller.Forget(socket);
        }
    }
}
