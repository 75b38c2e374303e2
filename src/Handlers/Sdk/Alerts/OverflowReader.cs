using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace SuperServer.Handlers.Alerts;

/// <summary>
/// Reads an overflow file. Processes that face the network write it, so any byte of it may be anything: what is out of range is
/// clamped, and nothing of it is used as a number of bytes or as text before it was looked at.
/// </summary>
internal static class OverflowReader
{
    /// <summary>The name under which services are counted that found no slot.</summary>
    public const string OtherServices = "(other)";

    // All slots together stay below the largest long.
    private const long MostInASlot = 1L << 50;
    private static readonly long _latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static IReadOnlyList<OverflowCount> Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < Overflow.Size)
        {
            var whole = new byte[Overflow.Size];
            file.CopyTo(whole);
            file = whole;
        }

        var services = new Dictionary<string, OverflowCount>();
        var names = new string?[OverflowLayout.Others + 1];
        for (var slot = 0; slot <= OverflowLayout.Others; slot++)
        {
            Add(services, names, slot, file);
        }

        var sources = SourcesOf(names, file);
        return [.. services.Values.Select(service => service with { Sources = sources.GetValueOrDefault(service.Service) ?? [] })];
    }

    private static void Add(Dictionary<string, OverflowCount> services, string?[] names, int slot, ReadOnlySpan<byte> file)
    {
        var bytes = file[OverflowLayout.Slot(slot)..];
        var total = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(bytes[OverflowLayout.Total..]), 0, MostInASlot);
        if (total == 0)
        {
            return;
        }

        var last = DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(bytes[OverflowLayout.Last..]), 0, _latest));
        var name = slot == OverflowLayout.Others ? OtherServices : NameIn(bytes);
        names[slot] = name;
        var before = services.GetValueOrDefault(name);
        services[name] = before is null
            ? new OverflowCount(name, total, last, [])
            : before with { Total = before.Total + total, Last = last > before.Last ? last : before.Last };
    }

    private static string NameIn(ReadOnlySpan<byte> slot)
    {
        var name = slot.Slice(OverflowLayout.Name, OverflowLayout.NameSize).TrimEnd((byte)0);
        Span<byte> printable = stackalloc byte[OverflowLayout.NameSize];
        for (var i = 0; i < name.Length; i++)
        {
            printable[i] = name[i] is > 0x20 and < 0x7f ? name[i] : (byte)'?';
        }

        return Encoding.ASCII.GetString(printable[..name.Length]);
    }

    // The latest first, each once.
    private static Dictionary<string, List<IPAddress>> SourcesOf(string?[] names, ReadOnlySpan<byte> file)
    {
        var sources = new Dictionary<string, List<IPAddress>>();
        var seen = new HashSet<(string, IPAddress)>();
        var cursor = BinaryPrimitives.ReadInt64LittleEndian(file[OverflowLayout.Cursor..]);
        for (var age = 1; age <= OverflowLayout.Entries; age++)
        {
            var entry = file[OverflowLayout.Entry((int)((cursor - age) & (OverflowLayout.Entries - 1)))..];
            var slot = BinaryPrimitives.ReadInt32LittleEndian(entry) - 1;
            if ((uint)slot < (uint)names.Length && names[slot] is { } name && AddressIn(entry) is { } address && seen.Add((name, address)))
            {
                sources.TryAdd(name, []);
                sources[name].Add(address);
            }
        }

        return sources;
    }

    private static IPAddress? AddressIn(ReadOnlySpan<byte> entry) =>
        BinaryPrimitives.ReadInt32LittleEndian(entry[OverflowLayout.Length..]) is (4 or 16) and var length
            ? new IPAddress(entry.Slice(OverflowLayout.Address, length))
            : null;
}
