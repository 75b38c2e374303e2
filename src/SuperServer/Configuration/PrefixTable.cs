using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SuperServer.Configuration;

/// <summary>
/// The networks of one family, made once and then only asked: which is the longest that holds an address?
/// </summary>
/// <remarks>
/// The networks stand in the order of their first address, a shorter one before those inside it, each with the position of the
/// one around it. The last that begins at or before an address either holds it, and then no longer one does, or one of those
/// around it does. Where to search is read from an index by the leading bits, as in a telephone book with a thumb index: about
/// two networks have a thumb.
/// </remarks>
internal sealed class PrefixTable<TBits>
    where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>
{
    /// <summary>What the mark of an entry has room for.</summary>
    public const int Most = (1 << 24) - 1;

    private const int None = -1;

    private readonly Entry[] _entries;
    private readonly int[] _thumbs;
    private readonly TBits _first;
    private readonly int _shift;

    /// <summary>The arrays need not be sorted, and are afterwards.</summary>
    public PrefixTable(TBits[] firsts, byte[] lengths)
    {
        Array.Sort(firsts, lengths);
        var count = Tidy(firsts, lengths);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most, nameof(firsts));
        _entries = FindSurroundings(firsts.AsSpan(0, count), lengths);
        _first = count == 0 ? TBits.Zero : firsts[0];
        (_thumbs, _shift) = MakeThumbs();
    }

    public int Count => _entries.Length;

    /// <summary>Bytes of memory.</summary>
    public long Size => (long)Count * Unsafe.SizeOf<Entry>() + (long)_thumbs.Length * sizeof(int);

    private static int Width => Unsafe.SizeOf<TBits>() * 8;

    /// <summary>The length of the longest network that holds the address; -1 when none does.</summary>
    public int Lookup(TBits address)
    {
        for (var at = LastNotAfter(address); at >= 0;)
        {
            ref readonly var entry = ref _entries[at];
            if (entry.Holds(address))
            {
                return entry.Length;
            }

            at = entry.Around;
        }

        return None;
    }

    private int LastNotAfter(TBits address)
    {
        if (Count == 0 || address < _first)
        {
            return None;
        }

        var offset = address - _first;
        var thumb = offset >> _shift < TBits.CreateTruncating(_thumbs.Length - 1)
            ? int.CreateTruncating(offset >> _shift)
            : _thumbs.Length - 2;
        var (low, high) = (_thumbs[thumb], _thumbs[thumb + 1]);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_entries[middle].First <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    /// <summary>Among networks that begin alike the shorter goes first, and one of two that are the same goes.</summary>
    private static int Tidy(TBits[] firsts, byte[] lengths)
    {
        var kept = 0;
        for (var start = 0; start < firsts.Length;)
        {
            var end = start + 1;
            while (end < firsts.Length && firsts[end] == firsts[start])
            {
                end++;
            }

            lengths.AsSpan(start, end - start).Sort();
            for (var at = start; at < end; at++)
            {
                if (at == start || lengths[at] != lengths[kept - 1])
                {
                    (firsts[kept], lengths[kept]) = (firsts[start], lengths[at]);
                    kept++;
                }
            }

            start = end;
        }

        return kept;
    }

    private static Entry[] FindSurroundings(ReadOnlySpan<TBits> firsts, ReadOnlySpan<byte> lengths)
    {
        var entries = new Entry[firsts.Length];
        for (var at = 0; at < entries.Length; at++)
        {
            var candidate = at - 1;
            while (candidate >= 0 && !entries[candidate].Holds(firsts[at]))
            {
                candidate = entries[candidate].Around;
            }

            entries[at] = new Entry(firsts[at], lengths[at], candidate);
        }

        return entries;
    }

    // About two networks to a thumb, and at least one bit less than there are: a shift by the whole width is a shift by nothing.
    private (int[] Thumbs, int Shift) MakeThumbs()
    {
        if (Count == 0)
        {
            return ([0, 0], 0);
        }

        var span = _entries[^1].First - _first;
        var bits = Width - int.CreateTruncating(TBits.LeadingZeroCount(span));
        var shift = Math.Max(0, bits - 1 - BitOperations.Log2((uint)Count / 2 + 1));
        var thumbs = new int[int.CreateTruncating(span >> shift) + 2];
        var at = 0;
        for (var thumb = 0; thumb < thumbs.Length; thumb++)
        {
            while (at < Count && int.CreateTruncating((_entries[at].First - _first) >> shift) < thumb)
            {
                at++;
            }

            thumbs[thumb] = at;
        }

        return (thumbs, shift);
    }

    /// <summary>A network and the position of the one around it (None: -1), in as few bytes as there are: one miss of the cache.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly struct Entry(TBits first, byte length, int around)
    {
        private readonly TBits _first = first;
        private readonly uint _mark = (uint)(around + 1) << 8 | length;

        public TBits First => _first;

        public int Length => (byte)_mark;

        public int Around => (int)(_mark >> 8) - 1;

        // A shift by the whole width is a shift by nothing.
        public bool Holds(TBits address) => Length == 0 || TBits.IsZero((_first ^ address) >> (Width - Length));
    }
}
