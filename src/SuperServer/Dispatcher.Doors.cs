using System.Diagnostics;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Hosting;

namespace SuperServer;

/// <summary>The part about endpoints that are opened, tried again, opened anew and closed.</summary>
internal sealed partial class Dispatcher
{
    private static readonly TimeSpan _firstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestRetry = TimeSpan.FromMinutes(1);

    // Opens an entrance, or lets it rest and tries again later. False when it failed for a reason that time will not mend.
    private bool TryOpen(Entrance entrance)
    {
        var definition = entrance.Service.Definition;
        if (TakeInherited(definition.Name, entrance.Endpoint) is { } descriptor)
        {
            entrance.Listener = Doorway.Resume(entrance.Endpoint, descriptor, definition.Sockets);
            return true;
        }

        if (definition.RunsUntilDone && entrance.Endpoint.FilePath is { } path)
        {
            // The lock says that we are the only daemon here: the mailer of one that was killed may still have the old socket.
            UnixSocketFile.At(path)?.Remove();
        }

        switch (Doorway.Open(entrance.Endpoint, definition.Backlog, definition.Sockets, _handedOver, definition.HandsOver))
        {
            case ListenResult.Opened opened:
                Begin(entrance, opened.Listener);
                return true;
            case ListenResult.NotOnThisHost:
                entrance.IsMissing = true;
                _journal.NotOnThisHost(definition, entrance.Endpoint);
                return true;
            case ListenResult.Failed failed:
                var retry = entrance.LastRetry == TimeSpan.Zero ? _firstRetry : entrance.LastRetry * 2;
                entrance.LastRetry = retry < _longestRetry ? retry : _longestRetry;
                _journal.CannotListen(definition, entrance.Endpoint, failed.Why, entrance.LastRetry);
                LetRest(entrance, RestReason.Closed, entrance.LastRetry, failed.Why);
                Settle(entrance.Service);
                return failed.MayHeal;
            default:
                throw new UnreachableException();
        }
    }

    private void Begin(Entrance entrance, Listener listener)
    {
        var definition = entrance.Service.Definition;
        listener.SetBlocking(definition.Mode == ServiceMode.Wait);
        entrance.Listener = listener;
        entrance.LastRetry = TimeSpan.Zero;
        _journal.Listening(definition, listener);
        if (IsWorthKeeping(entrance))
        {
            _manager.Store(listener.Address, listener.Socket);
        }

        if (definition.RunsUntilDone)
        {
            StartServer(entrance);
        }
        else
        {
            Attend(entrance);
        }

        Settle(entrance.Service);
    }

    // What would be found again by its address. A socket of datagrams that are handed over is another one after each client.
    private static bool IsWorthKeeping(Entrance entrance) =>
        entrance is { Listener.Kind.IsSocket: true, Endpoint.IsHanded: false, Service.Definition.HandsOver: false };

    private void Reopen(Entrance entrance)
    {
        var endpoint = entrance.Endpoint;
        var service = entrance.Service;
        Close(entrance);
        var anew = new Entrance(++_lastNumber, endpoint, service);
        _entrances.Add(anew.Number, anew);
        service.Entrances.Add(anew);
        TryOpen(anew);
    }

    private void Close(Entrance entrance)
    {
        _entrances.Remove(entrance.Number);
        _agenda.Cancel(Errand.Wake, entrance.Number);
        entrance.Service.Entrances.Remove(entrance);
        if (entrance.Listener is { } listener)
        {
            _journal.NoLongerListening(entrance.Service.Definition, listener);
            if (IsWorthKeeping(entrance))
            {
                _manager.Unstore(listener.Address);
            }

            if (entrance.IsWatched)
            {
                _poller.Forget(listener.Socket);
            }

            listener.Dispose();
            entrance.Listener = null;
        }
    }
}
