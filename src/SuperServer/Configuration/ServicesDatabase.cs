using System.Globalization;
using System.Text;

namespace SuperServer.Configuration;

/// <summary>services(5): names of ports, aliases included. The base class library has no getservbyname(3).</summary>
internal sealed class ServicesDatabase
{
    private const string SystemFile = "/etc/services";

    private readonly Dictionary<(string Name, string Protocol), int> _ports = [];

    /// <summary>Null when there is no file; then the remedy is another one.</summary>
    public string? WhyEmpty { get; private init; }

    public static ServicesDatabase OfThisMachine() => From(FileReading.Of(SystemFile));

    public static ServicesDatabase From(FileReading reading) => reading is FileReading.Contents file
        ? Parse(Encoding.Latin1.GetString(file.Bytes))
        : new ServicesDatabase { WhyEmpty = $"{SystemFile} {((FileReading.Failed)reading).Why}" };

    /// <summary>Lines of <c>name port/protocol alias…</c>; a line that is none is skipped, as getservbyname(3) does.</summary>
    public static ServicesDatabase Parse(string text)
    {
        var database = new ServicesDatabase();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            database.Add(line);
        }

        return database;
    }

    public int? PortOf(string name, string protocol) => _ports.TryGetValue((name, protocol), out var port) ? port : null;

    public IEnumerable<string> NamesFor(string protocol) =>
        _ports.Keys.Where(key => key.Protocol == protocol).Select(key => key.Name);

    private void Add(ReadOnlySpan<char> line)
    {
        var comment = line.IndexOf('#');
        var text = (comment < 0 ? line : line[..comment]).ToString();
        var words = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var name, var where, .. var aliases] || where.Split('/') is not [var number, var protocol]
            || !ushort.TryParse(number, CultureInfo.InvariantCulture, out var port))
        {
            return;
        }

        foreach (var known in (string[])[name, .. aliases])
        {
            _ports.TryAdd((known, protocol), port);
        }
    }
}
