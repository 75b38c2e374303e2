using System.Runtime.InteropServices;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>SIGTERM as something that a poller sees: the runtime tells of it on a thread of its own, which does nothing else.</summary>
internal sealed class StopSignal
{
    private readonly PosixSignalRegistration _registration;
    private volatile bool _hasCome;

    private StopSignal() => _registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Note);

    /// <summary>The poller is woken by it, and sees <see cref="Descriptor"/>.</summary>
    public static StopSignal Watch(Poller poller)
    {
        var signal = new StopSignal();
        _ = poller.TryWatch(signal.Descriptor, Libc.POLLIN);
        return signal;
    }

    public int Descriptor { get; } = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);

    public bool HasCome => _hasCome;

    private void Note(PosixSignalContext context)
    {
        context.Cancel = true;
        _hasCome = true;
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = Libc.write(Descriptor, one, (nuint)one.Length);
        GC.KeepAlive(_registration);
    }
}
