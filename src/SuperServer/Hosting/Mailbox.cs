using System.Collections.Concurrent;
using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// How other threads ask the dispatcher's for something: they leave it here, and the poller wakes the loop. Nothing of the
/// dispatcher's state is ever touched by any thread but its own.
/// </summary>
internal sealed unsafe class Mailbox : IDisposable
{
    private readonly FileDescriptor _wake = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
    private readonly ConcurrentQueue<Action> _letters = new();

    /// <summary>Readable when something has been left.</summary>
    public int Descriptor => _wake.Number;

    /// <summary>From any thread: to be done by the dispatcher's. After the end nobody opens it any more.</summary>
    public void Post(Action letter)
    {
        _letters.Enqueue(letter);
        var isHeld = false;
        try
        {
            // Else the number might be another descriptor's by now.
            _wake.DangerousAddRef(ref isHeld);
            ulong one = 1;
            _ = Libc.write(Descriptor, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            _letters.Clear();
        }
        finally
        {
            if (isHeld)
            {
                _wake.DangerousRelease();
            }
        }
    }

    /// <summary>By the dispatcher's thread: does what was left until now.</summary>
    public void Open()
    {
        ulong count;
        _ = Libc.read(Descriptor, (byte*)&count, sizeof(ulong));
        while (_letters.TryDequeue(out var letter))
        {
            letter();
        }
    }

    public void Dispose() => _wake.Dispose();
}
