using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using SuperServer.Configuration;

namespace SuperServer.Bench;

/// <summary>
/// How long a set of random networks takes to load from its file, and to answer for one address: on the wall, and in time of
/// the processor, which other programs on the machine change less.
/// </summary>
internal static class SetBench
{
    private const int Questions = 4_000_000;
    private const int Rounds = 5;

    public static int Run(int count)
    {
        Console.WriteLine($"{count:N0} random networks, {Questions:N0} random addresses, half of them inside a network; medians of {Rounds}");
        Console.WriteLine($"this machine now: {MissOfMemory():F0} ns for one read out of 32 MiB that has to wait for the one before");
        foreach (var (name, shareOfV6) in ((string, double)[])[("IPv4", 0), ("IPv6", 1), ("both", 0.5)])
        {
            Measure(name, count, shareOfV6);
        }

        return 0;
    }

    /// <summary>What the figures are to be compared with: a lookup is about three such reads.</summary>
    private static double MissOfMemory()
    {
        var next = new int[8 << 20];
        for (var at = 0; at < next.Length; at++)
        {
            next[at] = (int)((at * 1664525L + 1013904223) % next.Length);     // a full circle (Knuth), without any order
        }

        var position = 0;
        var time = Duration.Of(() =>
        {
            for (var step = 0; step < Questions; step++)
            {
                position = next[position];
            }
        });
        return position < 0 ? 0 : time.Processor.TotalNanoseconds / Questions;
    }

    private static void Measure(string name, int count, double shareOfV6)
    {
        var random = new Random(3);
        var networks = Enumerable.Range(0, count).Select(_ => RandomNetwork(random, random.NextDouble() < shareOfV6)).ToArray();
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, networks.Select(network => network.ToString()));
            var addresses = Enumerable.Range(0, Questions).Select(number => number % 2 == 0
                ? Inside(random, networks[random.Next(count)])
                : RandomAddress(random, random.NextDouble() < shareOfV6)).ToArray();
            Report(name, file, addresses);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Report(string name, string file, InternetAddress[] addresses)
    {
        var (loads, lookups) = (new List<Duration>(), new List<Duration>());
        var set = AddressSet.Empty;
        long found = 0;
        for (var round = 0; round < Rounds; round++)
        {
            loads.Add(Duration.Of(() => set = Load(file)));
            lookups.Add(Duration.Of(() => found = addresses.LongCount(address => set.Lookup(address) >= 0)));
        }

        var (load, lookup) = (Median(loads), Median(lookups));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {set.Count:N0} networks, file {new FileInfo(file).Length / 1048576.0:F1} MiB; "
            + $"loaded in {load.Wall.TotalMilliseconds:F0} ms (processor {load.Processor.TotalMilliseconds:F0}); "
            + $"{lookup.Wall.TotalNanoseconds / Questions:F0} ns a lookup (processor {lookup.Processor.TotalNanoseconds / Questions:F0}), "
            + $"{100.0 * found / Questions:F0} % found; {set.Size / 1048576.0:F1} MiB, {set.Size / (double)set.Count:F1} bytes each"));
    }

    private static AddressSet Load(string file) =>
        new SetFiles(HostFacts.OfThisMachine()).Read([file]) is SetReading.Whole whole
            ? whole.Content.Addresses
            : throw new InvalidDataException($"{file} has mistakes");

    private static Duration Median(List<Duration> spans) => spans.OrderBy(span => span.Processor).ElementAt(spans.Count / 2);

    private static Network RandomNetwork(Random random, bool isV6) =>
        Network.Around(RandomAddress(random, isV6), isV6 ? random.Next(20, 65) : random.Next(8, 33));

    /// <summary>Global unicast: what is given out begins with 2000::/3, as addresses on the net do.</summary>
    private static InternetAddress RandomAddress(Random random, bool isV6)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[0] = (byte)(0x20 | bytes[0] >> 3);
        return isV6 ? InternetAddress.FromV6(bytes, 0) : InternetAddress.FromV4(BitConverter.ToUInt32(bytes[4..]));
    }

    private static InternetAddress Inside(Random random, in Network network)
    {
        var host = RandomAddress(random, !network.Address.IsV4).Bits;
        var free = network.Width - network.Length;
        var bits = network.Address.Bits | (free == 0 ? 0 : host << (128 - free) >> (128 - free));
        return network.Address.IsV4 ? InternetAddress.FromV4((uint)bits) : FromBits(bits);
    }

    private static InternetAddress FromBits(UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return InternetAddress.FromV6(bytes, 0);
    }

    private readonly record struct Duration(TimeSpan Wall, TimeSpan Processor)
    {
        public static Duration Of(Action work)
        {
            var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            work();
            return new Duration(Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - processor);
        }
    }
}
