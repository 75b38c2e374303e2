using System.Text;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// A worker of a pool: serves the connections that the daemon hands over, and says of each when it is over and how. It ends when the daemon has closed its end and
/// the last has gone.
/// </summary>
internal sealed class PoolWorker(Trade trade, int link, Drain drain) : IDisposable
{
    private readonly PoolLink _daemon = new(link);
    private readonly Readiness _readiness = new(link);
    private readonly Attendance _attendance = new(Timeout.InfiniteTimeSpan, places: null);

    public async Task<int> Serve()
    {
        await drain.Bound(TakeAll()).ConfigureAwait(false);
        await drain.Bound(_attendance.WhenEmpty()).ConfigureAwait(false);
        return ExitCode.Done;
    }

    public void Dispose() => _attendance.Dispose();

    private async Task TakeAll()
    {
        while (true)
        {
            switch (_daemon.Receive(out var connection))
            {
                case PoolNews.Connection:
                    Take(connection);
                    break;
                case PoolNews.End:
                    return;
                default:
                    await _readiness.Wait(_readiness.Reading, CancellationToken.None).ConfigureAwait(false);
                    break;
            }
        }
    }

    private void Take(in PoolConnection connection)
    {
        if (connection.Socket == PoolConnection.NoSocket)
        {
            _daemon.Done(connection.Id, ExitCode.TryLater);
            return;
        }

        var socket = connection.Socket;
        var id = connection.Id.ToArray();
        var own = connection.ToEnvironment();
        var all = connection.ToVariables();
        _attendance.Enter();
        _ = Task.Run(() => Receive(socket, id, own, all), CancellationToken.None);
    }

    private async Task Receive(int socket, byte[] id, Func<string, string?> own, Func<IReadOnlyDictionary<string, string>> all)
    {
        var code = ExitCode.Software;
        try
        {
            var name = Encoding.UTF8.GetString(id);
            var encounter = Encounter.WithVariables(socket, name, own, all);
            code = await Visit.Serve(trade, new ClientStream(new SocketHandle(socket)), encounter, new Log(name), drain.Stop).ConfigureAwait(false);
        }
        finally
        {
            _daemon.Done(id, code);
            _attendance.Leave();
        }
    }
}
