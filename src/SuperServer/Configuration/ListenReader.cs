using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>One text of <c>listen</c>, where it stands, and the sockets that it means: two for each port, if it leaves the family open.</summary>
internal sealed record ListenEntry(string Text, Place Place, ValueList<Endpoint> Endpoints);

/// <summary>Reads <c>listen</c>, and decides the mode, which depends on it.</summary>
internal sealed class ListenReader(HostFacts host)
{
    private const int LongestName = 255;

    private readonly EndpointText _texts = new(host);

    public IReadOnlyList<ListenEntry> Read(string service, TableReader table)
    {
        var texts = table.Many("listen", Values.Text);
        if (texts is null)
        {
            return Default(service, table) is { } entry ? [entry] : [];
        }

        if (texts.Count == 0 && table.Map.Find("listen")?.Value is TomlList { Items.Count: 0 } list)
        {
            table.Report(list.Place, "'listen' is empty: a service that nobody can reach is disabled with enabled = false");
        }

        return [.. texts.Select(text => Entry(table, text)).OfType<ListenEntry>()];
    }

    /// <summary>The mode that goes with what is listened for; null (and a problem) when none does.</summary>
    public static ServiceMode? Mode(TableReader table, Placed<ServiceMode>? asked, IReadOnlyList<ListenEntry> listening)
    {
        if (listening.Count == 0)
        {
            return null;
        }

        var streams = listening.Count(entry => entry.Endpoints[0].IsStream);
        if (streams > 0 && streams < listening.Count)
        {
            table.Report(table.PlaceOf("listen"),
                $"{table.Title} listens for connections and for datagrams: make two services of it");
            return null;
        }

        var mode = asked?.Value ?? (streams > 0 ? ServiceMode.Nowait : ServiceMode.Wait);
        if (mode == ServiceMode.Pool && streams == 0)
        {
            table.Report(asked?.Place ?? table.Place,
                "a datagram service has mode = \"wait\" or \"nowait\": workers of a pool take connections");
            return null;
        }

        if (mode != ServiceMode.Wait && listening.Any(entry => entry.Endpoints[0].Transport == Transport.Fifo))
        {
            table.Report(asked?.Place ?? table.Place,
                "a FIFO has mode = \"wait\": nobody connects to it, and its reader gets the FIFO itself");
            return null;
        }

        var unixDatagrams = listening.FirstOrDefault(entry => entry.Endpoints[0].Transport == Transport.UnixDatagram);
        if (mode == ServiceMode.Nowait && unixDatagrams is not null)
        {
            table.Report(asked?.Place ?? table.Place,
                $"{Printable.Quoted(unixDatagrams.Text)} has mode = \"wait\": its clients have no address "
                + "by which each could get a child of its own");
            return null;
        }

        return mode;
    }

    /// <summary>The names of the sockets that <c>listen_fds</c> passes on, one for each endpoint.</summary>
    public static ValueList<string> Names(
        TableReader table, bool listenFds, ServiceMode? mode, IReadOnlyList<ListenEntry> listening)
    {
        if (listenFds && mode is { } other and not ServiceMode.Wait)
        {
            table.Report(table.PlaceOf("listen_fds"),
                "'listen_fds' goes with mode = \"wait\": a child with mode = "
                + $"\"{(other == ServiceMode.Pool ? "pool" : "nowait")}\" gets a client and no listening socket");
        }

        if (table.Many("listen_names", SocketName) is not { } names)
        {
            return [];
        }

        var place = table.PlaceOf("listen_names");
        if (!listenFds)
        {
            table.Report(place, "'listen_names' goes with listen_fds = true: without it nobody is told the names");
        }

        var written = table.Map.Find("listen_names")?.Value is TomlList list ? list.Items.Count : 1;
        if (names.Count < written)
        {
            return [];      // one of them will not do, and that has been said
        }

        if (names.Count != listening.Count)
        {
            table.Report(place, $"'listen_names' has {names.Count} names for {listening.Count} endpoints: "
                + "write one for each text of 'listen', in the same order");
            return [];
        }

        return [.. listening.SelectMany((entry, index) => Enumerable.Repeat(names[index].Value, entry.Endpoints.Count))];
    }

    /// <summary>As sd_listen_fds_with_names(3) takes it.</summary>
    private static Reading<string> SocketName(TomlNode node) => Values.Text(node) switch
    {
        { Value: { } name } when name.Contains(':', StringComparison.Ordinal) =>
            new Objection($"must be names without ':', which stands between them in LISTEN_FDNAMES, not "
                + Printable.Quoted(name)),
        { Value: { } name } when name.Length > LongestName || !name.All(letter => letter is >= ' ' and <= '~') =>
            new Objection($"must be names of at most {LongestName} printable ASCII characters, not "
                + Printable.Quoted(Printable.Cut(name, 40))),
        var reading => reading,
    };

    private ListenEntry? Entry(TableReader table, Placed<string> text) =>
        table.Judge(text.Place, _texts.Parse(text.Value)) is { Count: > 0 } endpoints
            ? new ListenEntry(text.Value, text.Place, endpoints)
            : null;

    /// <summary>Without <c>listen</c> the service's name is the name of a port, as in inetd.conf.</summary>
    private ListenEntry? Default(string service, TableReader table)
    {
        var text = $"tcp:{service}";
        var reading = _texts.Parse(text);
        if (reading.Objection is null)
        {
            return new ListenEntry(text, table.Place, reading.Value);
        }

        var isUdp = host.Services.Value.PortOf(service, "udp") is not null;
        table.Report(table.Place, isUdp
            ? $"{table.Title} needs 'listen': services(5) knows its name for udp only, so add listen = \"udp:{service}\""
            : $"{table.Title} needs 'listen', since services(5) has no tcp port of that name: add listen = \"tcp:PORT\"");
        return null;
    }
}
