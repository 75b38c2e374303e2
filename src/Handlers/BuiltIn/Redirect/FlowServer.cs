using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>Redirects the datagrams of many peers, or of one, to a target, and the answers back from the address that was asked.</summary>
internal sealed class FlowServer
{
    // So that those who send much do not keep the answers waiting, nor one flow the others.
    private const int MostAtOnce = 64;

    private readonly RedirectSettings _settings;
    private readonly Poller _poller = new();
    private readonly StopSignal _stop;
    private readonly Watch<Flow> _watch;
    private readonly HostBook _book = new(HostAddresses.Find, TimeProvider.System);
    private readonly DatagramExchange _exchange = new(InheritedSocket.Descriptor);
    private readonly FlowTable _flows;
    private readonly bool _hasOnePeer = SocketName.OfPeer(InheritedSocket.Descriptor) is not null;
    private long _leavesAt;
    private bool _hasServed;

    public FlowServer(RedirectSettings settings)
    {
        _settings = settings;
        _stop = StopSignal.Watch(_poller);
        _watch = new Watch<Flow>(_poller);
        _flows = new FlowTable(settings.Flows, settings.IdleTimeout);
    }

    public int Serve()
    {
        LocalAddress.AskFor(InheritedSocket.Descriptor);
        _ = _poller.TryWatch(InheritedSocket.Descriptor, Libc.POLLIN);
        _ = _poller.TryWatch(_book.Descriptor, Libc.POLLIN);
        Stay();
        while (!_stop.HasCome && (_flows.Count > 0 || Environment.TickCount64 < _leavesAt))
        {
            Turn();
        }

        _flows.CloseAll("stopped");
        return ExitCode.Done;
    }

    private void Stay() => _leavesAt = Environment.TickCount64 + (long)_settings.Idle.TotalMilliseconds;

    private void Turn()
    {
        var next = _flows.Count > 0 ? _flows.Deadline : _leavesAt;
        _poller.Wait((int)Math.Clamp(next - Environment.TickCount64, 0, int.MaxValue));
        for (var index = 0; index < _poller.Count; index++)
        {
            var (socket, _) = _poller.Ready(index);
            if (socket == InheritedSocket.Descriptor)
            {
                TakeQuestions();
            }
            else if (socket == _book.Descriptor)
            {
                _book.Deliver();
            }
            else if (_watch.OwnerOf(socket) is { } flow)
            {
                GiveAnswers(flow);
            }
        }

        _flows.Expire();
        if (_hasOnePeer && _hasServed && _flows.Count == 0)
        {
            _leavesAt = 0;      // nobody else can come
        }
    }

    private void TakeQuestions()
    {
        for (var taken = 0; taken < MostAtOnce && _exchange.Receive(); taken++)
        {
            Stay();
            if (ReflectionGuard.IsFromOneToOne(_exchange.Source, _exchange.Asked))
            {
                var flow = _flows.Find(_exchange.Source, _exchange.Asked) ?? Begin();
                flow.Pass(_exchange.Question);
                _flows.Attend(flow);
            }
        }
    }

    private Flow Begin()
    {
        var flow = new Flow(_exchange.Source, _exchange.WayBack, _settings, _book, _watch);
        _flows.Add(flow);
        _hasServed = true;
        flow.Open();
        return flow;
    }

    private void GiveAnswers(Flow flow)
    {
        for (var given = 0; given < MostAtOnce && !flow.IsOver && flow.Hear(_exchange.Answer) is >= 0 and var length; given++)
        {
            _exchange.Reply(flow.Back, length);
        }

        _flows.Attend(flow);
    }
}
