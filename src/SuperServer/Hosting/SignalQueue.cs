using System.Runtime.InteropServices;
using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>What the administrator, or the service manager, can order by a signal.</summary>
[Flags]
internal enum Orders
{
    None = 0,

    /// <summary>SIGHUP: read the configuration again.</summary>
    Reload = 1,

    /// <summary>SIGTERM or SIGINT: end.</summary>
    Stop = 2,

    /// <summary>SIGUSR1: tell the log how everything stands.</summary>
    Tell = 4,

    /// <summary>SIGUSR2: become the program that is installed now, and keep everything.</summary>
    Upgrade = 8,
}

/// <summary>
/// Brings signals into the loop. The runtime calls back on threads of its own, in any order; there a flag is set and an
/// eventfd written, nothing else, and the dispatcher thread takes the orders when the poller wakes it.
/// </summary>
internal sealed unsafe class SignalQueue : IDisposable
{
    private readonly FileDescriptor _wake = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
    private readonly PosixSignalRegistration[] _registrations;
    private int _orders;

    public SignalQueue() => _registrations =
    [
        On(PosixSignal.SIGHUP, Orders.Reload),
        On(PosixSignal.SIGTERM, Orders.Stop),
        On(PosixSignal.SIGINT, Orders.Stop),
        On((PosixSignal)Libc.SIGUSR1, Orders.Tell),
        On((PosixSignal)Libc.SIGUSR2, Orders.Upgrade),
    ];

    /// <summary>Readable when there are orders.</summary>
    public int Descriptor => _wake.Number;

    public Orders Take()
    {
        ulong count;
        _ = Libc.read(Descriptor, (byte*)&count, sizeof(ulong));
        return (Orders)Interlocked.Exchange(ref _orders, 0);
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _wake.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal, Orders order) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;   // or the default action follows, which ends us
        Interlocked.Or(ref _orders, (int)order);
        ulong one = 1;
        _ = Libc.write(Descriptor, (byte*)&one, sizeof(ulong));
    });
}
