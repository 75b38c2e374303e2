using System.Globalization;
using System.Text;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Finds fault with <c>[service.NAME.options]</c> of a tripwire. What is right goes to it as it stands; it knows each port's
/// policy by the port that its visitor has come to.
/// </summary>
internal sealed class NotelnetOptions(TableReader options, ServiceMode? mode, IReadOnlyList<ListenEntry> listening)
{
    private const string Close = "close";
    private const string Tarpit = "tarpit";

    // What the handler sends is at most 1 KiB, with the placeholders filled in.
    private const int LongestMessage = 896;

    private static readonly string[] _placeholders = ["client_ip", "time", "ref"];
    private static readonly string[] _tarpitKeys = ["tarpit_clients", "tarpit_per_source", "tarpit_time"];
    private static readonly string[] _answers = ["message", .. _tarpitKeys];

    private static readonly Func<TomlNode, Reading<string>> _policies = Values.Word("message", Close, "reset", Tarpit);
    private static readonly Func<TomlNode, Reading<int>> _clients = Values.WholeNumber(1, 4_096);
    private static readonly Func<TomlNode, Reading<TimeSpan>> _times = Values.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));

    private readonly List<Placed<string>> _tarpits = [];
    private readonly bool _isDatagram = listening.Any(entry => !entry.Endpoints[0].IsStream);

    public void Check()
    {
        CheckPolicy(options);
        CheckPorts();
        options.Find("idle", HandlerOptions.IdleTimes);
        options.Find("tarpit_clients", _clients);
        options.Find("tarpit_per_source", _clients);
        options.Find("tarpit_time", _times);
        CheckTarpit();
        options.RefuseTheRest();
    }

    /// <summary>What may differ from port to port.</summary>
    private void CheckPolicy(TableReader table)
    {
        var policy = table.Find("on_connect", _policies);
        if (policy is { Value: Tarpit } tarpit)
        {
            _tarpits.Add(tarpit);
        }

        table.Find("capture", Values.WholeNumber(0, 256));
        if (table.Find("message", Values.Text) is { } message)
        {
            table.Judge(message.Place, Message(message.Value));
        }

        RefuseAnswers(table, policy);
    }

    // "close" says nothing either, so that one policy does for a port's connections and for its datagrams.
    private void RefuseAnswers(TableReader table, Placed<string>? policy)
    {
        var answers = _answers.Where(table.Owns);
        foreach (var key in policy is null or { Value: Close } ? answers : answers.Prepend("on_connect"))
        {
            if (_isDatagram)
            {
                table.Report(table.PlaceOf(key), $"'{key}' is for connections: a datagram is never answered, for its sender's address "
                    + "may be somebody else's; leave it out");
            }
        }
    }

    private void CheckPorts()
    {
        if (options.Table("ports", "'ports'", "as in [service.NAME.options.ports.\"22\"]") is not { } ports)
        {
            return;
        }

        foreach (var entry in ports.Map.Entries)
        {
            if (WhyNoPort(entry.Key) is { } why)
            {
                ports.Report(entry.BeginsAt, why);
            }

            if (ports.Table(entry.Key, $"port {Printable.Quoted(entry.Key)}", "as in { on_connect = \"close\" }") is { } port)
            {
                CheckPolicy(port);
                port.RefuseTheRest();
            }
        }
    }

    private string? WhyNoPort(string key)
    {
        var isPort = ushort.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port.ToString(CultureInfo.InvariantCulture) == key && port > 0;
        var known = listening.SelectMany(entry => entry.Endpoints).ToList();
        return !isPort ? $"{Printable.Quoted(key)} is no port: it is a number from 1 to 65535, as in ports.\"22\""
            : known.Count == 0 || known.Exists(endpoint => endpoint.IsHanded || endpoint.IsAnyPort || endpoint.Address?.Port == port) ? null
            : $"the service does not listen on port {key}: add it to 'listen', or remove this";
    }

    private void CheckTarpit()
    {
        foreach (var tarpit in _tarpits.Where(_ => mode == ServiceMode.Nowait && !_isDatagram))
        {
            options.Report(tarpit.Place, "\"tarpit\" holds its clients for long, and with mode = \"nowait\" each would cost a process: "
                + "set mode = \"wait\" or \"pool\", where one process holds them all");
        }

        foreach (var key in _tarpitKeys.Where(key => _tarpits.Count == 0 && !_isDatagram && options.Owns(key)))
        {
            options.Report(options.PlaceOf(key), $"'{key}' is about on_connect = \"tarpit\", which no port has here: leave it out");
        }
    }

    private static Reading<string> Message(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > LongestMessage)
        {
            return new Objection($"'message' is longer than {LongestMessage} bytes");
        }

        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOf('}', open);
            var name = close < 0 ? "" : text[(open + 1)..close];
            if (!_placeholders.Contains(name))
            {
                var shown = Printable.Quoted(close < 0 ? text[open..] : text[open..(close + 1)]);
                return new Objection($"'message' may hold {{client_ip}}, {{time}} and {{ref}}, not {shown}");
            }
        }

        return text;
    }
}
