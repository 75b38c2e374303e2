using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace SuperServer.Handlers.Serving;

/// <summary>One client from greeting to farewell. Whatever the author's method does, it ends in an exit code and a closed socket.</summary>
internal static class Visit
{
    // What a client may still have been sending is read and thrown away, so much and so long: closing with unread bytes is a reset, which can destroy our last
    // words on their way.
    private const int MaxDrained = 64 * 1024;
    private const int Patience = 2_000;

    public static async Task<int> Serve(Trade trade, ClientStream stream, Encounter encounter, Log log, CancellationToken stop)
    {
        try
        {
            return await Talk(trade, trade.Greet(stream, encounter, log), stop).ConfigureAwait(false);
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "What one client brings about must not end the others.")]
    private static async Task<int> Talk(Trade trade, Client client, CancellationToken stop)
    {
        try
        {
            await trade.Serve!(client, stop).ConfigureAwait(false);
            await SayFarewell(client.Stream, stop).ConfigureAwait(false);
            return client.ExitCode & 0xff;
        }
        catch (HandlerException planned)
        {
            if (planned.Message.Length > 0)
            {
                client.Log.Warning(planned.Message);
            }

            await SayFarewell(client.Stream, stop).ConfigureAwait(false);
            return planned.ExitCode;
        }
        catch (Exception end) when (IsOrdinary(end, stop))
        {
            client.Log.Debug(end.Message);
            return client.ExitCode & 0xff;
        }
        catch (Exception mistake)
        {
            client.Log.Error(mistake.ToString());
            return ExitCode.Software;
        }
    }

    // The client went, or we were asked to stop: a handler need not catch either.
    private static bool IsOrdinary(Exception end, CancellationToken stop) =>
        end is ClientGoneException || (end is OperationCanceledException && stop.IsCancellationRequested);

    private static async ValueTask SayFarewell(ClientStream stream, CancellationToken stop)
    {
        if (stream.IsClosed)
        {
            return;
        }

        stream.CompleteWrites();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            await Drain(stream, patience).ConfigureAwait(false);
        }
        catch (Exception end) when (end is ClientGoneException or OperationCanceledException or ObjectDisposedException)
        {
            // Nothing that we could still do for it.
        }
    }

    private static async ValueTask Drain(ClientStream stream, CancellationTokenSource patience)
    {
        var bin = ArrayPool<byte>.Shared.Rent(4096);
        var isAtEnd = false;
        for (var drained = 0; drained < MaxDrained && !isAtEnd;)
        {
            if (stream.TryRead(bin, out var count))
            {
                isAtEnd = count == 0;
                drained += count;
            }
            else
            {
                await stream.WaitToRead(patience.Token).ConfigureAwait(false);
            }
        }

        ArrayPool<byte>.Shared.Return(bin);     // after an exception it is the collector's
    }
}
