using System.Runtime.InteropServices;

namespace SuperServer.Handlers.Mailer;

/// <summary>What others want of us: to stop (SIGTERM, SIGINT), or, by having gone, to finish up.</summary>
internal sealed class Orders : IDisposable
{
    private readonly int _parent;
    private readonly Doorbell _bell;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private volatile bool _stop;

    /// <param name="bell">Rung when an order has come.</param>
    /// <param name="daemon">Our parent, as it knows itself; null: whoever is our parent now.</param>
    public Orders(Doorbell bell, int? daemon)
    {
        _parent = daemon ?? Libc.getppid();
        _bell = bell;
        bell.Watch(_parent);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Obey);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Obey);
    }

    public bool MustStop => _stop;

    /// <summary>The daemon has ended; nobody would start us again.</summary>
    public bool IsOrphan => Libc.getppid() != _parent;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void Obey(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _stop = true;
        _bell.Ring();
    }
}
