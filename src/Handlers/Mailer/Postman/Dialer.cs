using System.Net;
using System.Net.Sockets;

namespace SuperServer.Handlers.Mailer;

/// <summary>Connects to a mail server: to the addresses of its name in turn, each of which has the same time to answer.</summary>
internal sealed class Dialer(SmtpSettings settings, TimeSpan patience, Witness? witness)
{
    /// <exception cref="SocketException">The name has no address, or none of them answers; of several, what the last one did.</exception>
    public async Task<Socket> Dial(CancellationToken stop)
    {
        var addresses = await Addresses(stop).ConfigureAwait(false);
        witness?.Begins("connect");
        SocketException? failure = null;
        foreach (var address in addresses)
        {
            try
            {
                return await Connect(address, stop).ConfigureAwait(false);
            }
            catch (SocketException error)
            {
                witness?.Hear("connect", $"{address} port {settings.Port}: {error.Message}", ("address", $"{address}"), ("error", error.Message));
                failure = error;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<IPAddress[]> Addresses(CancellationToken stop)
    {
        if (IPAddress.TryParse(settings.Host, out var literal))
        {
            return [literal];
        }

        // The resolver has a patience of its own, and does not hear of ours.
        var addresses = await Dns.GetHostAddressesAsync(settings.Host, stop).WaitAsync(stop).ConfigureAwait(false);
        var list = string.Join(", ", addresses.AsEnumerable());
        witness?.Hear("name", $"{settings.Host} is {list}", ("host", settings.Host), ("addresses", list));
        return addresses;
    }

    private async Task<Socket> Connect(IPAddress address, CancellationToken stop)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(stop);
        soon.CancelAfter(patience);
        try
        {
            await socket.ConnectAsync(address, settings.Port, soon.Token).ConfigureAwait(false);
            witness?.Hear("connect", $"{address} port {settings.Port}", ("address", $"{address}"), ("port", $"{settings.Port}"));
            return socket;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
