namespace SuperServer.Handlers.Mailer;

/// <summary>The transports by the names their work is kept under, one of them at work at a time.</summary>
internal sealed class Postman
{
    private readonly Dictionary<string, Transport> _transports = new(StringComparer.Ordinal);
    private Transport? _atWork;

    private Postman(IEnumerable<(Transport Transport, bool Always)> transports)
    {
        var stations = new List<Station>();
        foreach (var (transport, always) in transports)
        {
            var name = Unused(transport.Name);
            _transports.Add(name, transport);
            stations.Add(new Station(name, always));
        }

        Route = new Route(stations);
    }

    public Route Route { get; }

    public static Postman For(IEnumerable<TransportOptions> options, Func<TransportOptions, Transport> make) =>
        new(options.Select(transport => (make(transport), transport.Always)));

    /// <summary>One attempt. Whatever a transport throws against its promise may pass, and must not end the mailer.</summary>
    public async Task<Attempt> Deliver(Station station, Parcel parcel, CancellationToken stop)
    {
        var transport = _transports[station.Name];
        if (transport != _atWork)
        {
            await Rest().ConfigureAwait(false);
            _atWork = transport;
        }

        try
        {
            return await transport.Deliver(parcel, stop).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // see above
        catch (Exception error)
        {
            return Attempt.Failed(FailureClass.Transient, $"{station.Name}: {Clean.Text(error.Message, 200)}");
        }
#pragma warning restore CA1031
    }

    /// <summary>Nothing more is to be sent for now: a connection that was kept for it is closed.</summary>
    public async Task Rest()
    {
        if (_atWork is { } transport)
        {
            _atWork = null;
            await transport.Rest().ConfigureAwait(false);
        }
    }

    // Two transports of the same name do not share their work.
    private string Unused(string name)
    {
        var unused = name;
        for (var number = 2; _transports.ContainsKey(unused); number++)
        {
            unused = $"{name} ({number})";
        }

        return unused;
    }
}
