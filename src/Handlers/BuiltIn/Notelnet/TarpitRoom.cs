using System.Net;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>Counts who is in the tarpit: it must not be the tripwire that runs out of descriptors.</summary>
internal sealed class TarpitRoom(TarpitLimits limits)
{
    // Those whose address nobody knows are one source.
    private readonly Dictionary<IPAddress, int> _sources = [];
    private int _clients;

    public bool TryEnter(IPAddress? source)
    {
        var key = source ?? IPAddress.None;
        var ofSource = _sources.GetValueOrDefault(key);
        if (_clients >= limits.Clients || ofSource >= limits.PerSource)
        {
            return false;
        }

        _clients++;
        _sources[key] = ofSource + 1;
        return true;
    }

    public void Leave(IPAddress? source)
    {
        var key = source ?? IPAddress.None;
        _clients--;
        if (--_sources[key] == 0)
        {
            _sources.Remove(key);
        }
    }
}
