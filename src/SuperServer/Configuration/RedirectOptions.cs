using System.Globalization;
using System.Net;
using System.Text;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Finds fault with <c>[service.NAME.options]</c> of a redirector: where it should go, and how. Whether anybody listens there is not
/// asked; that may change at any time.
/// </summary>
internal sealed class RedirectOptions(TableReader options, IReadOnlyList<ListenEntry> listening)
{
    private const int MostTargets = 16;
    private const int LongestHost = 253;

    private static readonly Func<TomlNode, Reading<TimeSpan>> _connectTimes =
        Values.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));

    private static readonly Func<TomlNode, Reading<TimeSpan>> _silences =
        Values.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(30));

    private readonly bool _isDatagram = listening.Any(entry => !entry.Endpoints[0].IsStream);

    private string Example => _isDatagram ? "\"udp:192.0.2.1:53\"" : "\"tcp:192.0.2.1:22\" or \"unix:/run/app.sock\"";

    public void Check()
    {
        CheckTargets();
        CheckListening();
        options.Find("connect_timeout", _connectTimes);
        options.Find("idle_timeout", _silences);
        options.Find("idle", HandlerOptions.IdleTimes);
        options.Find("proxy", Values.Word("none", "v1", "v2"));
        options.Find("max_flows", Values.WholeNumber(1, 10_000));
        foreach (var key in (string[])(_isDatagram ? ["proxy", "connect_timeout"] : ["max_flows"]))
        {
            if (options.Owns(key))
            {
                options.Report(options.PlaceOf(key), _isDatagram
                    ? $"'{key}' is for connections, and this service listens for datagrams: leave it out"
                    : $"'{key}' is for datagrams, and this service listens for connections: leave it out");
            }
        }

        options.RefuseTheRest();
    }

    private void CheckTargets()
    {
        if (!options.Owns("to"))
        {
            options.Report(options.Place, $"{options.Title} needs 'to', where it redirects to: such as to = {Example}");
        }

        var targets = options.Many("to", Values.Text);
        if (targets is not { Count: > 0 } && options.Map.Find("to")?.Value is TomlList { Items.Count: 0 } list)
        {
            options.Report(list.Place, $"'to' is empty: it needs a target such as {Example}");
        }

        foreach (var target in targets ?? [])
        {
            if (WhyNot(target.Value) is { } why)
            {
                options.Report(target.Place, $"{Printable.Quoted(target.Value)} {why}");
            }
        }

        if (targets?.Count > MostTargets)
        {
            options.Report(targets[MostTargets].Place, $"'to' has more than {MostTargets} targets");
        }
    }

    // A connection that keeps the bounds of its messages would lose them, and a FIFO hears no answer.
    private void CheckListening()
    {
        foreach (var entry in listening.Where(entry =>
            entry.Endpoints[0].Transport is Transport.UnixSeqpacket or Transport.Fifo or Transport.UnixDatagram))
        {
            options.Report(entry.Place, $"{Printable.Quoted(entry.Text)} cannot be redirected: 'redirect' carries streams and UDP");
        }
    }

    private string? WhyNot(string target)
    {
        var colon = target.IndexOf(':', StringComparison.Ordinal);
        var (scheme, place) = colon < 0 ? ("", target) : (target[..colon], target[(colon + 1)..]);
        return scheme switch
        {
            "tcp" or "unix" when _isDatagram => "is no place for datagrams, which this service listens for: write udp:HOST:PORT",
            "udp" when !_isDatagram => "is no place for connections, which this service listens for: write tcp:HOST:PORT or unix:PATH",
            "tcp" or "udp" => WhyNoAddress(scheme, place) ?? WhyHere(scheme, place),
            "unix" => WhyNoPath(place),
            _ => $"is no target: write {Example}",
        };
    }

    private static string? WhyNoAddress(string scheme, string place)
    {
        var colon = place.LastIndexOf(':');
        var (host, port) = colon < 0 ? (place, "") : (place[..colon], place[(colon + 1)..]);
        return host.Contains(':', StringComparison.Ordinal) && host is not ['[', .., ']']
            ? $"is ambiguous: an IPv6 address stands in brackets, as in {scheme}:[2001:db8::1]:{(port.Length > 0 ? port : "PORT")}"
            : colon < 0 || place is [.., ']'] ? $"has no port: write {Printable.Quoted($"{scheme}:{place}:PORT")}"
            : host.Length == 0 ? $"has no host: write {Printable.Quoted($"{scheme}:localhost:{port}")} for this machine"
            : Port(port) is null ? $"has no port from 1 to 65535 behind the last ':' but {Printable.Quoted(port)}"
            : !IsHost(host) ? $"has no host that could exist: {Printable.Quoted(host)}"
            : null;
    }

    // Whoever is asked asks himself, until something runs out. What a name leads to is not known here.
    private string? WhyHere(string scheme, string place) =>
        IPEndPoint.TryParse(place.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var asked)
        && listening.SelectMany(entry => entry.Endpoints).Any(endpoint => IsAt(endpoint, asked))
            ? $"is the service itself, which would redirect to itself for ever: name another place than {scheme}:{place}"
            : null;

    private static bool IsAt(Endpoint endpoint, IPEndPoint asked) => endpoint.Address is { } listened
        && listened.Port == asked.Port
        && (listened.Address.Equals(asked.Address) || (endpoint.IsWildcard && IPAddress.IsLoopback(asked.Address)));

    private static string? WhyNoPath(string path) => path switch
    {
        ['/' or '@', _, ..] when Encoding.UTF8.GetByteCount(path) <= EndpointText.LongestPath => null,
        ['/' or '@', _, ..] => $"is longer than the {EndpointText.LongestPath} bytes that a Unix socket's path may have",
        _ => "must be unix: and an absolute path, or unix:@NAME in the abstract namespace",
    };

    private static int? Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;

    private static bool IsHost(string host) => host is ['[', .. var inner, ']']
        ? inner.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(inner, out _)
        : host.Length <= LongestHost && host.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(IsOfName))
            && (!IsNumeric(host) || (IPAddress.TryParse(host, out var address) && address.ToString() == host));

    private static bool IsOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';

    private static bool IsNumeric(string host) => host.All(letter => char.IsAsciiDigit(letter) || letter == '.');
}
