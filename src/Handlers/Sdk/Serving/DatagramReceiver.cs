using System.Diagnostics.CodeAnalysis;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// Datagrams, of one peer or of everybody: each is begun in the order in which they came, and those that take longer go on side by side. It leaves when none has
/// come for a while and none is being answered.
/// </summary>
internal sealed class DatagramReceiver(Trade trade, HandlerSettings settings, TimeSpan idle, int socket, Drain drain)
{
    private readonly Readiness _readiness = new(socket);
    private readonly DatagramExchange _exchange = new(socket);
    private readonly SocketName? _self = SocketName.OfSelf(socket);

    // A process that is there for one peer speaks for it; to whom would one for many speak?
    private readonly bool _hasOnePeer = SocketName.OfPeer(socket) is not null;
    private int _code;

    public async Task<int> Serve()
    {
        LocalAddress.AskFor(socket);
        using var attendance = new Attendance(idle, settings.MaxConcurrent);
        await ReceiveAll(attendance).ConfigureAwait(false);
        await drain.Bound(attendance.WhenEmpty()).ConfigureAwait(false);
        return _hasOnePeer ? _code : ExitCode.Done;
    }

    private async Task ReceiveAll(Attendance attendance)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(attendance.Idle, drain.Closing);
        try
        {
            while (true)
            {
                await attendance.WaitForPlace(ending.Token).ConfigureAwait(false);
                if (!await Next(ending.Token).ConfigureAwait(false))
                {
                    return;
                }

                attendance.Enter();
                _ = Answer(Open(), attendance);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody has come for a while, or we are to end.
        }
    }

    // False when the one peer is known to be gone.
    private async ValueTask<bool> Next(CancellationToken cancellation)
    {
        while (!_exchange.Receive())
        {
            cancellation.ThrowIfCancellationRequested();
            if (_exchange.IsAlone && _hasOnePeer)
            {
                return false;
            }

            if (_exchange.IsDry)
            {
                await _readiness.Wait(_readiness.Reading, cancellation).ConfigureAwait(false);
            }
        }

        return true;
    }

    private Datagram Open()
    {
        var source = _exchange.Source;
        var subject = source.Path ?? (source.Address is { } address ? new System.Net.IPEndPoint(address, source.Port ?? 0).ToString() : null);
        var sender = new Sender(socket, _exchange.Name.ToArray(), _exchange.Asked);
        return trade.Open(_exchange.Question.ToArray(), source, _self, sender, new Log(subject));
    }

    [SuppressMessage("Design", "CA1031", Justification = "What one datagram brings about must not end the others.")]
    private async Task Answer(Datagram datagram, Attendance attendance)
    {
        try
        {
            await trade.Answer!(datagram, drain.Stop).ConfigureAwait(false);
        }
        catch (HandlerException planned)
        {
            _code = planned.ExitCode;
            if (planned.Message.Length > 0)
            {
                datagram.Log.Warning(planned.Message);
            }
        }
        catch (OperationCanceledException) when (drain.Stop.IsCancellationRequested)
        {
            // As it was asked to.
        }
        catch (Exception mistake)
        {
            _code = ExitCode.Software;
            datagram.Log.Error(mistake.ToString());
        }
        finally
        {
            attendance.Leave();
        }
    }
}
