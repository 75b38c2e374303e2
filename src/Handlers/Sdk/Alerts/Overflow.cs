using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Alerts;

/// <summary>
/// The last resort of a tripwire whose journal cannot be written: a file of fixed size, laid out while there was room, in which
/// counters are added up in place. It needs no new block of the disk.
/// </summary>
/// <remarks>
/// Any number of processes add at once, and any of them may be killed between two instructions, so there is no lock: a counter
/// is one atomic addition in shared memory. What is less than a count (the name of a half-claimed slot, an entry of the ring)
/// may be spoilt by a kill; <see cref="OverflowReader"/> reads it accordingly.
/// </remarks>
internal static unsafe class Overflow
{
    /// <summary>In the lane, beside the journal. The daemon makes it, allocated and full of zeros, which means: nothing yet.</summary>
    public const string FileName = "overflow.bin";

    public const int Size = 64 * 1024;

    /// <summary>Counts connections (one, if not said otherwise); false when even that failed.</summary>
    public static bool Count(string lane, string service, IPAddress? source, DateTimeOffset at, long connections = 1)
    {
        if (Map($"{lane}/{FileName}") is not { } map)
        {
            return false;
        }

        var slot = Claim(map, NameOf(service));
        Interlocked.Add(ref Long(map, OverflowLayout.Slot(slot) + OverflowLayout.Total), connections);
        Raise(ref Long(map, OverflowLayout.Slot(slot) + OverflowLayout.Last), at.ToUnixTimeMilliseconds());
        if (source is not null)
        {
            Remember(map, slot, source);
        }

        _ = Libc.munmap(map, Size);
        return true;
    }

    /// <summary>What was counted outlives the machine too, as far as the disk obeys. Apart from counting, so that many counts wait for it once.</summary>
    public static void Sync(string lane)
    {
        var file = Libc.open($"{lane}/{FileName}", Libc.O_RDWR | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
        if (file >= 0)
        {
            _ = Libc.fdatasync(file);       // of a mapped file it writes what was changed in memory
            _ = Libc.close(file);
        }
    }

    /// <summary>What was counted since the file was made, for each service. Never throws: the file is written by processes that face the network.</summary>
    public static IReadOnlyList<OverflowCount> Read(ReadOnlySpan<byte> file) => OverflowReader.Read(file);

    // A page that has no block behind it would kill us at the first touch (SIGBUS): hence the look at the size, and fallocate, which
    // changes nothing where the blocks are there.
    private static nint? Map(string path)
    {
        var file = Libc.open(path, Libc.O_RDWR | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
        if (file < 0)
        {
            return null;
        }

        var isSafe = Libc.lseek(file, 0, Libc.SEEK_END) >= Size
            && (Libc.fallocate(file, 0, 0, Size) == 0 || Errno.Last is Errno.EOPNOTSUPP or Errno.ENOSYS);
        var map = isSafe ? Libc.mmap(0, Size, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, file, 0) : Libc.MAP_FAILED;
        _ = Libc.close(file);
        return map == Libc.MAP_FAILED ? null : map;
    }

    // The service's slot, or a free one for it. Nobody waits for one that is just being named: its owner may be dead. So a service may
    // come to have two; they are added up when they are read.
    private static int Claim(nint map, ReadOnlySpan<byte> name)
    {
        for (var slot = 0; slot < OverflowLayout.Others; slot++)
        {
            ref var state = ref Int(map, OverflowLayout.Slot(slot));
            if (Volatile.Read(ref state) == OverflowLayout.Free
                && Interlocked.CompareExchange(ref state, OverflowLayout.BeingNamed, OverflowLayout.Free) == OverflowLayout.Free)
            {
                name.CopyTo(Bytes(map, OverflowLayout.Slot(slot) + OverflowLayout.Name, OverflowLayout.NameSize));
                Volatile.Write(ref state, OverflowLayout.Named);
                return slot;
            }

            if (Volatile.Read(ref state) == OverflowLayout.Named
                && Bytes(map, OverflowLayout.Slot(slot) + OverflowLayout.Name, OverflowLayout.NameSize).SequenceEqual(name))
            {
                return slot;
            }
        }

        return OverflowLayout.Others;
    }

    private static void Raise(ref long last, long at)
    {
        for (var seen = Volatile.Read(ref last); seen < at;)
        {
            var before = Interlocked.CompareExchange(ref last, at, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private static void Remember(nint map, int slot, IPAddress source)
    {
        var next = Interlocked.Increment(ref Long(map, OverflowLayout.Cursor)) - 1;
        var entry = OverflowLayout.Entry((int)(next & (OverflowLayout.Entries - 1)));
        Volatile.Write(ref Int(map, entry), OverflowLayout.NoSlot);
        var address = Bytes(map, entry + OverflowLayout.Address, OverflowLayout.AddressSize);
        _ = source.TryWriteBytes(address, out var length);
        Int(map, entry + OverflowLayout.Length) = length;
        Volatile.Write(ref Int(map, entry), slot + 1);
    }

    // Filled up with zeros, so that equal names are equal bytes.
    private static byte[] NameOf(string service)
    {
        var name = new byte[OverflowLayout.NameSize];
        _ = Encoding.UTF8.TryGetBytes(service.AsSpan(0, Math.Min(service.Length, OverflowLayout.NameSize)), name, out _);
        return name;
    }

    private static ref int Int(nint map, int offset) => ref Unsafe.AsRef<int>((byte*)map + offset);

    private static ref long Long(nint map, int offset) => ref Unsafe.AsRef<long>((byte*)map + offset);

    private static Span<byte> Bytes(nint map, int offset, int length) => new((byte*)map + offset, length);
}
