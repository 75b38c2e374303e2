using System.Globalization;

namespace SuperServer.Configuration;

/// <summary>Endpoints for people to read: ports in a row are one range, as somebody would write them.</summary>
internal static class EndpointList
{
    /// <summary>In the order in which each address is met first; "tcp:127.0.0.1:8000" and the 99 after it are "tcp:127.0.0.1:8000-8099".</summary>
    public static IEnumerable<string> Compact(IEnumerable<string> endpoints)
    {
        var texts = new List<string>();
        var runs = new Dictionary<string, (int Place, int First, int Last)>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints)
        {
            if (!TrySplit(endpoint, out var address, out var port))
            {
                texts.Add(endpoint);
            }
            else if (runs.TryGetValue(address, out var run) && run.Last + 1 == port)
            {
                runs[address] = run with { Last = port };
                texts[run.Place] = $"{address}:{run.First}-{port}";
            }
            else
            {
                runs[address] = (texts.Count, port, port);
                texts.Add(endpoint);
            }
        }

        return texts;
    }

    private static bool TrySplit(string endpoint, out string address, out int port)
    {
        var colon = endpoint.LastIndexOf(':');
        var isInternet = (endpoint.StartsWith("tcp", StringComparison.Ordinal) && !endpoint.StartsWith("tcpmux", StringComparison.Ordinal)) || endpoint.StartsWith("udp", StringComparison.Ordinal);
        address = isInternet && colon > 0 ? endpoint[..colon] : "";
        port = 0;
        return address.Length > 0
            && int.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;
    }
}
