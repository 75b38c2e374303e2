using System.Runtime.InteropServices;
using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>What has become ready, in the order in which the Dispatcher deals with it.</summary>
internal enum Readiness
{
    /// <summary>An order of the administrator.</summary>
    Signal,

    /// <summary>Another thread of ours wants something.</summary>
    Mail,

    /// <summary>The resolver knows somebody's name.</summary>
    Names,

    /// <summary>A process of a vestibule says what became of a visitor.</summary>
    Visit,

    /// <summary>A worker of a pool says that it is done with a connection.</summary>
    Worker,

    /// <summary>A child has ended.</summary>
    Ending,

    /// <summary>A child has said something on its standard error.</summary>
    Words,

    /// <summary>Somebody is at a listener.</summary>
    Arrival,
}

/// <summary>
/// epoll(7), level-triggered. Each watched descriptor carries its kind and a number of the caller's choice, so that an event
/// says what it is about without a lookup of ours, and a descriptor that was closed and given out anew is not confused.
/// </summary>
internal sealed unsafe class Poller : IDisposable
{
    private const int MaxEvents = 256;
    private const int KindShift = 32;

    private readonly FileDescriptor _epoll = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
    private readonly int _eventSize = Libc.SizeOfEpollEvent;
    private readonly int _dataOffset = Libc.OffsetOfEpollData;
    private readonly byte* _events = (byte*)NativeMemory.Alloc(MaxEvents, 16);
    private readonly Dictionary<int, (Readiness Kind, int Number)> _late = [];
    private int _ready;

    public Poller()
    {
        if (_epoll.IsInvalid)
        {
            throw new InvalidOperationException($"epoll_create1: {Errno.Say(Errno.Last)}");
        }
    }

    /// <summary>False when the kernel has no memory for it, or the user has too many watches (epoll(7)).</summary>
    public bool TryWatch(int descriptor, Readiness kind, int number)
    {
        var watched = stackalloc byte[16];
        Fill(watched, Libc.EPOLLIN, kind, number);
        return Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_ADD, descriptor, watched) == 0;
    }

    /// <summary>
    /// Watches at once, or as soon as the kernel can: then each wait tries it again, and <see cref="IsBehind"/> says that waits
    /// have to be short. What is ready meanwhile is ready then.
    /// </summary>
    public void Watch(int descriptor, Readiness kind, int number)
    {
        if (!TryWatch(descriptor, kind, number))
        {
            _late[descriptor] = (kind, number);
        }
    }

    /// <summary>Something that should be watched is not yet.</summary>
    public bool IsBehind => _late.Count > 0;

    /// <summary>Before the descriptor is closed, or when it is not to be watched any more.</summary>
    public void Forget(int descriptor)
    {
        if (!_late.Remove(descriptor))
        {
            _ = Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_DEL, descriptor, null);
        }
    }

    /// <summary>Just before the only descriptor of its kind is closed, which ends the watch by itself (epoll(7)).</summary>
    public void ForgetClosing(int descriptor) => _ = _late.Remove(descriptor);

    /// <summary>Something that is watched becomes ready as well, or no more, when there is room to write to it.</summary>
    public void WatchForRoom(int descriptor, Readiness kind, int number, bool isWanted)
    {
        var watched = stackalloc byte[16];
        Fill(watched, isWanted ? Libc.EPOLLIN | Libc.EPOLLOUT : Libc.EPOLLIN, kind, number);
        _ = Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_MOD, descriptor, watched);
    }

    /// <summary>Waits until something is ready or the time is over; null waits for ever.</summary>
    public void Wait(TimeSpan? atMost)
    {
        foreach (var (descriptor, (kind, number)) in _late)
        {
            if (TryWatch(descriptor, kind, number))
            {
                _ = _late.Remove(descriptor);       // which a dictionary allows in the middle of a round
            }
        }

        // Rounded up: a timer that is due in half a millisecond must not be polled for in a loop.
        var milliseconds = atMost is { } time ? (int)Math.Ceiling(Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue)) : -1;
        _ready = Libc.epoll_wait(_epoll, _events, MaxEvents, milliseconds);
        if (_ready < 0 && Errno.Last != Errno.EINTR)
        {
            throw new InvalidOperationException($"epoll_wait: {Errno.Say(Errno.Last)}");
        }
    }

    /// <summary>The numbers of this kind that the last wait found ready.</summary>
    public IReadOnlyList<int> Ready(Readiness kind, List<int> numbers)
    {
        numbers.Clear();
        for (var index = 0; index < _ready; index++)
        {
            var data = Marshal.ReadInt64((nint)(_events + (index * _eventSize) + _dataOffset));
            if ((Readiness)(data >> KindShift) == kind)
            {
                numbers.Add((int)data);
            }
        }

        return numbers;
    }

    private void Fill(byte* watched, uint events, Readiness kind, int number)
    {
        Marshal.WriteInt32((nint)watched, (int)events);
        Marshal.WriteInt64((nint)(watched + _dataOffset), ((long)kind << KindShift) | (uint)number);
    }

    public void Dispose()
    {
        NativeMemory.Free(_events);
        _epoll.Dispose();
    }
}
