using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Hosting;

namespace SuperServer;

/// <summary>The part about serving for a while only: so many clients, or until somebody at a terminal has seen enough.</summary>
internal sealed partial class Dispatcher
{
    private readonly Stint _stint;
    private int? _clientsToCome;
    private bool _isToldToEnd;
    private bool _isShut;

    /// <summary>Where clients can come to, in the order of the configuration: a port 0 is here what the kernel has made of it.</summary>
    public IReadOnlyList<SocketName> Addresses =>
        [.. _entrances.Values.OrderBy(entrance => entrance.Number).Select(entrance => entrance.Listener?.Bound).OfType<SocketName>()];

    private void CountDown()
    {
        if (_clientsToCome > 0)
        {
            _clientsToCome--;
        }
    }

    // Who has waited for a name at the door while the last one was let in.
    private Refusal? ObjectToStint() =>
        _clientsToCome == 0 ? new Refusal("connections", $"{_stint.Clients}", null) : null;

    // There is no file to read again, and nobody to hand it to.
    private Orders Passing(Orders orders) =>
        (orders.HasFlag(Orders.Reload) && _stint.EndsOnHangup ? orders | Orders.Stop : orders) & ~(Orders.Reload | Orders.Upgrade);

    // Told once, children end as after max_runtime; told twice, at once.
    private void EndStint()
    {
        if (!_isToldToEnd)
        {
            _journal.Stopping();
        }

        foreach (var resident in _residents.Values.Where(resident => resident.Service != _resolver).ToArray())
        {
            if (_isToldToEnd)
            {
                Kill(resident.Child.Pid);
            }
            else
            {
                Terminate(resident.Service, resident.Child);
            }
        }

        (_isToldToEnd, _clientsToCome) = (true, 0);
    }

    private void ConsiderTheEnd()
    {
        if (_clientsToCome != 0)
        {
            return;
        }

        if (!_isShut)
        {
            _isShut = true;
            _manager.Stopping();
            _manager.CatchUp(_patienceWithManager);
            CloseAll();
        }

        _stopping = _residents.Values.All(resident => resident.Service == _resolver);
    }

    private void CloseAll()
    {
        foreach (var entrance in _entrances.Values.ToArray())
        {
            Close(entrance);
        }

        foreach (var service in _services.Values)
        {
            RetireAll(service);
        }

        RetirePorters(_ => true);
    }
}
