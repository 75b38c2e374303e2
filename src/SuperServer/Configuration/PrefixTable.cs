using System.Numerics;
using System.Runtime.CompilerServices;

namespace SuperServer.Configuration;

/// <summary>
/// The networks of one family, made once and then only asked: which is the longest that holds an address?
/// </summary>
/// <remarks>
/// The networks stand in the order of their first address, a shorter one before those inside it, each with the position of the
/// one around it. The last that begins at or before an address either holds it, and then no longer one does, or one of those
/// around it does. Where to search is read from an index by the leading bits, as in a telephone book with a thumb index: about
/// four networks have a thumb.
/// </remarks>
internal sealed class PrefixTable<TBits>
    where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>
{
    private const int None = -1;

    private readonly TBits[] _firsts;
    private readonly byte[] _lengths;
    private readonly int[] _around;
    private readonly int[] _thumbs;
    private readonly int _shift;

    /// <summary>Takes the arrays over; they need not be sorted.</summary>
    public PrefixTable(TBits[] firsts, byte[] lengths)
    {
        Array.Sort(firsts, lengths);
        var count = Tidy(firsts, lengths);
        (_firsts, _lengths) = (Cut(firsts, count), Cut(lengths, count));
        _around = FindSurroundings();
        (_thumbs, _shift) = MakeThumbs();
    }

    public int Count => _firsts.Length;

    /// <summary>Bytes of memory.</summary>
    public long Size => (long)Count * (Unsafe.SizeOf<TBits>() + sizeof(byte) + sizeof(int)) + (long)_thumbs.Length * sizeof(int);

    private static int Width => Unsafe.SizeOf<TBits>() * 8;

    /// <summary>The length of the longest network that holds the address; -1 when none does.</summary>
    public int Lookup(TBits address)
    {
        for (var at = LastNotAfter(address); at >= 0; at = _around[at])
        {
            if (Holds(at, address))
            {
                return _lengths[at];
            }
        }

        return None;
    }

    private int LastNotAfter(TBits address)
    {
        if (Count == 0 || address < _firsts[0])
        {
            return None;
        }

        if (address >= _firsts[^1])
        {
            return Count - 1;
        }

        var thumb = int.CreateTruncating((address - _firsts[0]) >> _shift);
        var (low, high) = (_thumbs[thumb], _thumbs[thumb + 1]);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_firsts[middle] <= address)
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

    // A shift by the whole width is a shift by nothing.
    private bool Holds(int at, TBits address)
    {
        int length = _lengths[at];
        return length == 0 || TBits.IsZero((_firsts[at] ^ address) >> (Width - length));
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

    private static T[] Cut<T>(T[] all, int count) => count == all.Length ? all : all[..count];

    private int[] FindSurroundings()
    {
        var around = new int[Count];
        for (var at = 0; at < around.Length; at++)
        {
            var candidate = at - 1;
            while (candidate >= 0 && !Holds(candidate, _firsts[at]))
            {
                candidate = around[candidate];
            }

            around[at] = candidate;
        }

        return around;
    }

    private (int[] Thumbs, int Shift) MakeThumbs()
    {
        if (Count == 0)
        {
            return ([0, 0], 0);
        }

        var span = _firsts[^1] - _firsts[0];
        var bits = Width - int.CreateTruncating(TBits.LeadingZeroCount(span));
        var shift = Math.Max(0, bits - 1 - BitOperations.Log2((uint)Count / 4 + 1));
        var thumbs = new int[int.CreateTruncating(span >> shift) + 2];
        for (int thumb = 0, at = 0; thumb < thumbs.Length; thumb++)
        {
            while (at < Count && int.CreateTruncating((_firsts[at] - _firsts[0]) >> shift) < thumb)
            {
                at++;
            }

            thumbs[thumb] = at;
        }

        return (thumbs, shift);
    }
}
