using System.Globalization;
using System.Text;
using System.Text.Json;
using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// Visitors of a tripwire whom it never saw, for one and the same reason. Their number is exact; who they were is told as far as a
/// little memory goes, for a flood may come from as many addresses as it likes.
/// </summary>
internal sealed class ShedTally(string why)
{
    /// <summary>So many addresses are told apart; more count as no more.</summary>
    public const int MostSources = 10_000;

    /// <summary>The record names the busiest ten. Six times as many are watched, so that these ten are the right ones.</summary>
    private const int Watched = 64;

    private const int Named = 10;

    private readonly HashSet<InternetAddress> _sources = [];
    private readonly Dictionary<InternetAddress, long> _busiest = [];
    private DateTimeOffset _first;
    private DateTimeOffset _last;

    public string Why => why;

    public long Connections { get; private set; }

    public void Count(InternetAddress? source, DateTimeOffset at, long connections = 1)
    {
        if (Connections == 0)
        {
            _first = at;
        }

        Connections += connections;
        _last = at;
        if (source is { } known)
        {
            Remember(known);
        }
    }

    /// <summary>
    /// The facts as the task that records them takes them (SUPERSERVER_SHED). The key makes the record's id: it is the same when the
    /// task is started again, and the mailer takes each id once.
    /// </summary>
    public ShedBatch Close(string service, Guid key)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("key", Convert.ToHexStringLower(key.ToByteArray().AsSpan(0, 10)));
            json.WriteString("svc", service);
            json.WriteNumber("n", Connections);
            json.WriteNumber("srcs", _sources.Count);
            json.WriteString("from", Instant(_first));
            json.WriteString("to", Instant(_last));
            json.WriteString("why", why);
            WriteBusiest(json);
            json.WriteEndObject();
        }

        return new ShedBatch { Json = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length), Connections = Connections };
    }

    private void WriteBusiest(Utf8JsonWriter json)
    {
        json.WriteStartArray("top");
        foreach (var (address, connections) in _busiest.OrderByDescending(entry => entry.Value).Take(Named))
        {
            json.WriteStartArray();
            json.WriteStringValue(address.ToString());
            json.WriteNumberValue(connections);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    // Whoever is new takes the place of the least busy one, and its count (Space-Saving; Metwally, Agrawal and El Abbadi, 2005): so
    // nobody who is really busy is ever missed, and a count is too high at most by what the least busy one had.
    private void Remember(InternetAddress source)
    {
        if (_sources.Count < MostSources)
        {
            _sources.Add(source);
        }

        var count = _busiest.GetValueOrDefault(source);
        if (count == 0 && _busiest.Count >= Watched)
        {
            var least = _busiest.MinBy(entry => entry.Value);
            _busiest.Remove(least.Key);
            count = least.Value;
        }

        _busiest[source] = count + 1;
    }

    private static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
