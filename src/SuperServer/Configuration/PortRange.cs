using System.Globalization;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Ports in a row, both ends included: <c>8000-8099</c>. One port alone is the shortest.</summary>
internal readonly record struct PortRange(int First, int Last)
{
    /// <summary>Each port is a socket, or two: more than this is a job for the packet filter, which can redirect all of them to one.</summary>
    public const int MostPorts = 1_024;

    public IEnumerable<int> Ports => Enumerable.Range(First, Last - First + 1);

    /// <summary>Two numbers with a hyphen between; a name of services(5) may have hyphens, but never looks like this.</summary>
    public static bool LooksLikeOne(string text) =>
        text.Contains('-', StringComparison.Ordinal) && text.All(letter => char.IsAsciiDigit(letter) || letter is '-' or ' ')
        && char.IsAsciiDigit(text[0]);

    public static Reading<PortRange> Parse(string text)
    {
        var ends = text.Split('-');
        if (ends.Length != 2 || Port(ends[0]) is not { } first || Port(ends[1]) is not { } last)
        {
            return new Objection("a range of ports is two numbers from 1 to 65535, as in 8000-8099");
        }

        if (first > last)
        {
            return new Objection($"a range begins with the smaller number: write {last}-{first}");
        }

        return last - first >= MostPorts
            ? new Objection($"a range has at most {MostPorts} ports, and this one has {last - first + 1}: let the packet filter redirect so many to one")
            : new PortRange(first, last);
    }

    /// <summary>Port 0 would be another one each time.</summary>
    private static int? Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;
}
