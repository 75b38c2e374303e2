using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// The flows by peer and by the address of ours that it has sent to, and in the order in which they fell silent. When there are too
/// many, the one that has been silent longest makes room.
/// </summary>
internal sealed class FlowTable(int most, TimeSpan idle)
{
    private readonly Dictionary<(SocketName Peer, LocalAddress? Asked), LinkedListNode<Flow>> _flows = [];
    private readonly LinkedList<Flow> _bySilence = new();

    public int Count => _flows.Count;

    /// <summary>When the next one will have been silent for too long, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long Deadline => _bySilence.First is { } first ? first.Value.MovedAt + (long)idle.TotalMilliseconds : long.MaxValue;

    public Flow? Find(SocketName peer, LocalAddress? asked) => _flows.TryGetValue((peer, asked), out var node) ? node.Value : null;

    public void Add(Flow flow)
    {
        if (_flows.Count >= most)
        {
            Close(_bySilence.First!.Value, "made room for another");
        }

        _flows.Add(KeyOf(flow), _bySilence.AddLast(flow));
    }

    /// <summary>After a flow has moved, or has ended by itself.</summary>
    public void Attend(Flow flow)
    {
        if (_flows.TryGetValue(KeyOf(flow), out var node) && node.Value == flow)
        {
            _bySilence.Remove(node);
            if (flow.IsOver)
            {
                _flows.Remove(KeyOf(flow));
            }
            else
            {
                _bySilence.AddLast(node);
            }
        }
    }

    public void Expire()
    {
        while (Deadline <= Environment.TickCount64)
        {
            Close(_bySilence.First!.Value, "silent");
        }
    }

    public void CloseAll(string how)
    {
        while (_bySilence.First is { } first)
        {
            Close(first.Value, how);
        }
    }

    private static (SocketName Peer, LocalAddress? Asked) KeyOf(Flow flow) => (flow.Peer, flow.Back.Asked);

    private void Close(Flow flow, string how)
    {
        if (!flow.IsOver)
        {
            flow.Close(how);
        }

        Attend(flow);
    }
}
