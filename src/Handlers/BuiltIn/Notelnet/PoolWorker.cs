using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// pool: connections come from the daemon as messages, each with what the daemon saw when it accepted; for each goes back, once, that it
/// is over.
/// </summary>
/// <param name="check">The exit code of a visit that went well: the options may be wrong all the same.</param>
internal sealed class PoolWorker(Site site, Policies policies, Journal journal, int check) : VisitLoop(site, policies, journal)
{
    private readonly PoolLink _daemon = new(InheritedSocket.Descriptor);
    private bool _isClosed;

    public int Serve()
    {
        if (!Poller.TryWatch(_daemon.Socket, Libc.POLLIN))
        {
            Output.Complain($"{Tripwire.Name}: epoll: {Errno.Text(Errno.Last)}");
            return ExitCode.OsError;
        }

        while (!_isClosed || !IsEmpty)
        {
            Turn(long.MaxValue);
            if (IsStopping && !_isClosed)
            {
                TakeArrivals(_daemon.Socket);       // what is on its way was accepted, and would be lost to the count
                Close();
            }
        }

        return ExitCode.Done;
    }

    protected override void TakeArrivals(int socket)
    {
        for (var taken = 0; taken < MostAtOnce && socket == _daemon.Socket && !_isClosed; taken++)
        {
            switch (_daemon.Receive(out var connection))
            {
                case PoolNews.Connection:
                    Begin(connection);
                    break;
                case PoolNews.End:
                    Close();
                    return;
                default:
                    return;
            }
        }
    }

    protected override void Ended(Visit visit) => _daemon.Done(visit.PoolId, visit.Kept == Kept.Nowhere ? ExitCode.TryLater : check);

    private void Close()
    {
        _isClosed = true;
        Poller.Forget(_daemon.Socket);
    }

    // Also without a socket, when this process has as many descriptors as it may: the daemon has said who it was.
    private void Begin(in PoolConnection connection)
    {
        var peer = SocketName.OfPeer(connection.Socket);
        var self = SocketName.OfSelf(connection.Socket);
        var isTold = peer is null or { Family: Libc.AF_UNIX } || self is null || !connection.Variable("PROXYREMOTEIP"u8).IsEmpty;
        var environment = isTold ? connection.ToEnvironment() : _ => null;
        var client = Peer.Of(peer, environment);
        var target = Peer.TargetOf(self, environment);
        var (policy, action) = Treat(client, target.Port);
        var id = connection.Id.ToArray();
        var touch = Site.Touch(client, target, action, Encoding.ASCII.GetString(id));
        Welcome(new Visit(connection.Socket, touch, policy) { PoolId = id });
    }
}
