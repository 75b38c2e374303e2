using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;

namespace SuperServer;

/// <summary>The part about words at the door: what a client is told when it comes in, and when it is turned away.</summary>
internal sealed partial class Dispatcher
{
    private const int MostFarewells = 256;

    private static readonly TimeSpan _timeToRead = TimeSpan.FromSeconds(1);

    private int _farewells;

    private static void Greet(Service service, in Arrival arrival)
    {
        if (service.Definition.Limits.Banner is { } banner)
        {
            _ = Banner.Send(arrival.Socket, banner);
        }
    }

    private void TurnAway(Service service, in Arrival arrival, Refusal refusal)
    {
        service.Refused++;
        CountMissed(service, refusal.Limit, arrival.Peer);
        var limits = service.Definition.Limits;
        if (limits.Overflow == Overflow.Reset)
        {
            var atOnce = new Libc.linger { l_onoff = 1, l_linger = 0 };
            _ = Libc.setsockopt(arrival.Socket, Libc.SOL_SOCKET, Libc.SO_LINGER, atOnce, 2 * sizeof(int));
        }
        else if (limits.BannerRefused is { } banner && !refusal.IsSilent)
        {
            _ = Banner.Send(arrival.Socket, banner);
            CloseGently(arrival.Socket);
            return;
        }

        _ = Libc.close(arrival.Socket);
    }

    // To close with bytes unread is to reset, and a reset may overtake the words on their way (RFC 1122, 4.2.2.13).
    private void CloseGently(int socket)
    {
        _ = Libc.shutdown(socket, Libc.SHUT_WR);
        if (_farewells >= MostFarewells)
        {
            _ = Libc.close(socket);
            return;
        }

        _farewells++;
        _agenda.Set(Errand.Farewell, socket, Now + _timeToRead);
    }

    private void EndFarewell(int socket)
    {
        _farewells--;
        _ = Libc.close(socket);
    }
}
