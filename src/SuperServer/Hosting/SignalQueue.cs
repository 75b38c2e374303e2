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
/// Brings signals into the loop. They are blocked in every thread from before main on (spawn.c), so that the kernel keeps them until
/// the dispatcher takes them here: no handler runs, and what has not been taken when another program takes our place is left to it.
/// </summary>
internal sealed unsafe class SignalQueue : IDisposable
{
    private static readonly (int Signal, Orders Order)[] _meanings =
    [
        (Libc.SIGHUP, Orders.Reload),
        (Libc.SIGTERM, Orders.Stop),
        (Libc.SIGINT, Orders.Stop),
        (Libc.SIGUSR1, Orders.Tell),
        (Libc.SIGUSR2, Orders.Upgrade),
    ];

    private readonly FileDescriptor _signals = Open();

    /// <summary>Readable when there are orders.</summary>
    public int Descriptor => _signals.Number;

    public Orders Take()
    {
        var orders = Orders.None;
        Libc.signalfd_siginfo signal;
        while (Libc.read(Descriptor, (byte*)&signal, (nuint)sizeof(Libc.signalfd_siginfo)) == sizeof(Libc.signalfd_siginfo))
        {
            orders |= Meaning(signal.ssi_signo);
        }

        return orders;
    }

    public void Dispose() => _signals.Dispose();

    private static Orders Meaning(int number) => _meanings.Single(meaning => meaning.Signal == number).Order;

    private static FileDescriptor Open()
    {
        var set = default(Libc.sigset_t);
        foreach (var (signal, _) in _meanings)
        {
            _ = Libc.sigaddset(ref set, signal);
        }

        return Libc.signalfd(-1, in set, Libc.SFD_CLOEXEC | Libc.SFD_NONBLOCK);
    }
}
