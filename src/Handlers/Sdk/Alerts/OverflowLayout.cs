namespace SuperServer.Handlers.Alerts;

/// <summary>
/// Where things are in the overflow file: a header, a slot for each service, and a ring of the sources that came last. Everything
/// that is added to atomically lies at a multiple of its size.
/// </summary>
internal static class OverflowLayout
{
    /// <summary>How many entries the ring has ever had.</summary>
    public const int Cursor = 0;

    private const int FirstSlot = 64;
    private const int SlotSize = 128;
    private const int Slots = 128;

    /// <summary>The last slot has no name: it counts for services that found no free one.</summary>
    public const int Others = Slots - 1;

    // A slot's state, which is its first member.
    public const int Free = 0;
    public const int BeingNamed = 1;
    public const int Named = 2;

    // The other members of a slot.
    public const int Total = 8;
    public const int Last = 16;
    public const int Name = 24;
    public const int NameSize = 64;

    private const int Ring = FirstSlot + (Slots * SlotSize);
    private const int EntrySize = 32;

    /// <summary>A power of two.</summary>
    public const int Entries = 1024;

    // The members of an entry; the first is the slot's number and 1.
    public const int NoSlot = 0;
    public const int Length = 4;
    public const int Address = 8;
    public const int AddressSize = 16;

    public static int Slot(int number) => FirstSlot + (number * SlotSize);

    public static int Entry(int number) => Ring + (number * EntrySize);
}
