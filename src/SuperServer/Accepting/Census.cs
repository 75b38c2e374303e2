using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// Whose datagrams wait in a socket that takes no new ones. It goes through them by SO_PEEK_OFF, which counts bytes over all
/// of them (socket(7)), and can be asked again: then it looks at those that came since.
/// </summary>
internal sealed class Census(Listener frozen)
{
    /// <summary>Each look walks over all that it has passed; beyond this the socket counts as mixed, whoever is in it.</summary>
    private const int Patience = 1_000;

    private readonly List<Sender> _senders = [];
    private readonly Dictionary<SocketName, int> _last = [];
    private int _offset;
    private int _count;

    /// <summary>With the datagram that has been looked at already: an empty one would not show itself a second time.</summary>
    public Census(Listener frozen, in Sender first, int length)
        : this(frozen) => Add(first, length);

    /// <summary>Each sender once, in the order in which they came.</summary>
    public IReadOnlyList<Sender> Senders => _senders;

    /// <summary>Datagrams that were counted.</summary>
    public int Count => _count;

    /// <summary>Datagrams before the last ones that are all of one sender.</summary>
    public int BeforeLast => _last.Count < 2 ? 0 : _last.Values.Order().ElementAt(_last.Count - 2);

    /// <summary>The sender of the last datagram.</summary>
    public Sender Last { get; private set; }

    /// <summary>Looks at what has not been looked at. True when nothing is there that is not this sender's.</summary>
    public bool IsOnly(in Sender sender)
    {
        while (_count < Patience && Look())
        {
        }

        var name = sender.Name;
        return _count < Patience && _last.Keys.All(known => known == name);
    }

    private bool Look()
    {
        if (Libc.setsockopt(frozen.Socket, Libc.SOL_SOCKET, Libc.SO_PEEK_OFF, _offset, sizeof(int)) != 0
            || Sender.Peek(frozen.Socket, out var length) is not { } sender)
        {
            return false;
        }

        Add(sender, length);
        return true;
    }

    private void Add(in Sender sender, int length)
    {
        _offset += length;
        _count++;
        if (!_last.ContainsKey(sender.Name))
        {
            _senders.Add(sender);
        }

        _last[sender.Name] = _count;
        Last = sender;
    }
}
