namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>The versions of the PROXY protocol that a target may be told its clients by.</summary>
internal enum ProxyVersion
{
    None,
    Version1,
    Version2,
}

/// <summary>The service's options; the daemon has checked them already, but not every inetd is ours.</summary>
internal sealed record RedirectSettings
{
    private const int MostFlows = 10_000;

    /// <summary>Tried in this order.</summary>
    public required IReadOnlyList<Target> Targets { get; init; }

    public required ProxyVersion Proxy { get; init; }

    /// <summary>How long one target may take to answer, its look-up included.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>How long both ends may be silent.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>How long a server of many stays when nobody comes.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>The datagram peers that are remembered at once.</summary>
    public required int Flows { get; init; }

    /// <summary>What is wrong is among <see cref="HandlerOptions.Problems"/> then.</summary>
    public static RedirectSettings Read(HandlerOptions options, bool isStream) => new()
    {
        Targets = ReadTargets(options, isStream),
        Proxy = options.Choice("proxy", "none", "none", "v1", "v2") switch
        {
            "v1" => ProxyVersion.Version1,
            "v2" => ProxyVersion.Version2,
            _ => ProxyVersion.None,
        },
        ConnectTimeout = options.Duration("connect_timeout", TimeSpan.FromSeconds(10)),
        IdleTimeout = options.Duration("idle_timeout", isStream ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(1)),
        Idle = options.Duration("idle", TimeSpan.FromSeconds(60)),
        Flows = options.Number("max_flows", 1_000, 1, MostFlows),
    };

    private static List<Target> ReadTargets(HandlerOptions options, bool isStream)
    {
        var targets = new List<Target>();
        foreach (var text in options.Texts("to"))
        {
            if (Target.Parse(text) is { } target && target.IsStream == isStream)
            {
                targets.Add(target);
            }
            else
            {
                var wanted = isStream ? "tcp:HOST:PORT or unix:PATH" : "udp:HOST:PORT";
                options.Refuse("to", $"must be {wanted}, not \"{HandlerOptions.Printable(text)}\"", targets);
            }
        }

        return targets.Count > 0 || options.Problems.Any() ? targets : options.Refuse("to", "is needed: where to", targets);
    }
}
