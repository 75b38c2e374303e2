using System.Net;

namespace SuperServer.Handlers.Alerts;

/// <summary>
/// The last resort of a tripwire whose journal cannot be written: a file of fixed size, laid out while there was room, in which
/// counters are added up in place. It needs no new block of the disk.
/// </summary>
internal static class Overflow
{
    /// <summary>In the lane, beside the journal. The daemon makes it, allocated and full of zeros, which means: nothing yet.</summary>
    public const string FileName = "overflow.bin";

    public const int Size = 64 * 1024;

    /// <summary>Counts one connection; false when even that failed.</summary>
    public static bool Count(string lane, string service, IPAddress? source, DateTimeOffset at) =>
        throw new NotSupportedException($"{lane} {service} {source} {at}");

    /// <summary>What was counted since the file was made, for each service. Never throws: the file is written by processes that face the network.</summary>
    public static IReadOnlyList<OverflowCount> Read(ReadOnlySpan<byte> file) => file.IsEmpty ? [] : throw new NotSupportedException();
}

/// <summary>One service's counter, which only grows, and the sources that were counted last.</summary>
internal sealed record OverflowCount(string Service, long Total, DateTimeOffset Last, IReadOnlyList<IPAddress> Sources);
