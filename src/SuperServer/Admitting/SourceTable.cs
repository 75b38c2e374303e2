using System.Runtime.InteropServices;

namespace SuperServer.Admitting;

/// <summary>
/// What is remembered of sources, never of more than so many: when one more comes, the smallest value goes, whosever it is.
/// A source that is known costs no memory, and the smallest value is always at hand.
/// </summary>
internal sealed class SourceTable<T>(int most)
    where T : struct, IComparable<T>
{
    private readonly Dictionary<Source, int> _slots = [];

    // A heap of slots: the parent of place p is (p - 1) / 2, and never greater than its children.
    private readonly List<int> _heap = [];
    private readonly List<Slot> _entries = [];

    public int Count => _heap.Count;

    public bool IsFull => Count == most;

    /// <summary>The smallest value; only when there is one.</summary>
    public T Least => _entries[_heap[0]].Value;

    /// <summary>Whose it is.</summary>
    public Source LeastSource => _entries[_heap[0]].Source;

    public T? Find(Source source) => _slots.TryGetValue(source, out var slot) ? _entries[slot].Value : null;

    public void Set(Source source, T value)
    {
        if (_slots.TryGetValue(source, out var slot))
        {
            var old = _entries[slot].Value;
            At(slot).Value = value;
            Settle(At(slot).Place, value.CompareTo(old));
            return;
        }

        if (IsFull)
        {
            Remove(LeastSource);
        }

        Add(source, value);
    }

    public bool Remove(Source source)
    {
        if (!_slots.Remove(source, out var slot))
        {
            return false;
        }

        var place = _entries[slot].Place;
        var lastSlot = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (lastSlot != slot)
        {
            Put(lastSlot, place);
            Settle(place, -1);
            Settle(At(lastSlot).Place, 1);
        }

        FillGap(slot);
        return true;
    }

    public void Clear()
    {
        _slots.Clear();
        _heap.Clear();
        _entries.Clear();
    }

    /// <summary>Everything, in no order.</summary>
    public IEnumerable<(Source Source, T Value)> All() => _entries.Select(entry => (entry.Source, entry.Value));

    private ref Slot At(int slot) => ref CollectionsMarshal.AsSpan(_entries)[slot];

    private void Add(Source source, T value)
    {
        _slots.Add(source, _entries.Count);
        _heap.Add(_entries.Count);
        _entries.Add(new Slot { Source = source, Value = value, Place = _heap.Count - 1 });
        Settle(_heap.Count - 1, -1);
    }

    // The slots have no holes: the last one moves into the one that has become free.
    private void FillGap(int slot)
    {
        var last = _entries.Count - 1;
        if (slot != last)
        {
            var moved = _entries[last];
            _entries[slot] = moved;
            _slots[moved.Source] = slot;
            _heap[moved.Place] = slot;
        }

        _entries.RemoveAt(last);
    }

    private void Settle(int place, int direction)
    {
        if (direction < 0)
        {
            Rise(place);
        }
        else if (direction > 0)
        {
            Sink(place);
        }
    }

    private void Rise(int place)
    {
        for (var slot = _heap[place]; place > 0; Put(slot, place))
        {
            var above = (place - 1) / 2;
            if (Compare(_heap[above], slot) <= 0)
            {
                return;
            }

            Put(_heap[above], place);
            place = above;
        }
    }

    private void Sink(int place)
    {
        var slot = _heap[place];
        for (var below = Lesser(place); below < _heap.Count && Compare(_heap[below], slot) < 0; below = Lesser(place))
        {
            Put(_heap[below], place);
            Put(slot, place = below);
        }
    }

    private int Lesser(int place)
    {
        var left = (2 * place) + 1;
        return left + 1 < _heap.Count && Compare(_heap[left + 1], _heap[left]) < 0 ? left + 1 : left;
    }

    private int Compare(int slot, int other) => _entries[slot].Value.CompareTo(_entries[other].Value);

    private void Put(int slot, int place)
    {
        _heap[place] = slot;
        At(slot).Place = place;
    }

    /// <summary>One source's value, and where in the heap its number stands.</summary>
    private struct Slot
    {
        public Source Source;
        public T Value;
        public int Place;
    }
}
