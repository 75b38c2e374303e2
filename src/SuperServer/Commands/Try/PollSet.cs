using System.Runtime.InteropServices;
using SuperServer.Interop;

namespace SuperServer.Commands.Try;

/// <summary>What one turn of a small loop waits for, and what is done about it (poll(2)). It is filled anew for each turn.</summary>
internal sealed class PollSet
{
    private readonly List<Libc.pollfd> _descriptors = [];
    private readonly List<Action> _deeds = [];

    public void Watch(int descriptor, short events, Action deed)
    {
        _descriptors.Add(new Libc.pollfd { fd = descriptor, events = events });
        _deeds.Add(deed);
    }

    /// <summary>Waits, does what has become possible, and forgets everything. False when the time was over first.</summary>
    public bool Wait(TimeSpan? atMost)
    {
        var descriptors = CollectionsMarshal.AsSpan(_descriptors);
        var ready = Libc.poll(ref MemoryMarshal.GetReference(descriptors), (nuint)descriptors.Length, (int)(atMost?.TotalMilliseconds ?? -1));
        for (var index = 0; ready > 0 && index < descriptors.Length; index++)
        {
            if (descriptors[index].revents != 0)
            {
                _deeds[index]();
            }
        }

        _descriptors.Clear();
        _deeds.Clear();
        return ready != 0;
    }
}
