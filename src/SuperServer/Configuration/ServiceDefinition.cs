namespace SuperServer.Configuration;

/// <summary>What the child has on file descriptor 0, in the words of inetd.conf's fourth column.</summary>
internal enum ServiceMode
{
    /// <summary>One child per connection; fd 0 is the connected socket.</summary>
    Nowait,

    /// <summary>One child at a time; fd 0 is the listening or datagram socket itself.</summary>
    Wait,

    /// <summary>Resident workers; fd 0 is a Unix seqpacket socket on which connections arrive (docs/handlers/README.md).</summary>
    Pool,
}

/// <summary>Where a child's file descriptor 2 leads.</summary>
internal enum StandardError
{
    /// <summary>To the client, as inetd has it.</summary>
    Socket,

    /// <summary>To the daemon's log, line by line, tagged and rate-limited.</summary>
    Log,

    /// <summary>To /dev/null.</summary>
    Null,
}

/// <summary>A variable for the child's environment.</summary>
internal sealed record EnvironmentVariable(string Name, string Value);

/// <summary>
/// One service as the administrator wrote it, with all defaults filled in and every name looked up. A definition that exists
/// is valid; two that are equal need no work on reload.
/// </summary>
internal sealed record ServiceDefinition
{
    /// <summary>The table's name in the file, and the name in every log line.</summary>
    public required string Name { get; init; }

    /// <summary>The sockets to listen on; at least one.</summary>
    public required ValueList<Endpoint> Listen { get; init; }

    public ServiceMode Mode { get; init; } = ServiceMode.Nowait;

    /// <summary>Absolute path of the executable.</summary>
    public required string Program { get; init; }

    /// <summary>The whole argument vector, argv[0] included.</summary>
    public required ValueList<string> Arguments { get; init; }

    public required Identity Identity { get; init; }

    /// <summary>What the child gets beside the variables that describe its connection (docs/handlers/README.md).</summary>
    public ValueList<EnvironmentVariable> Environment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    /// <summary>File mode creation mask, 0 to 0777.</summary>
    public int Umask { get; init; } = 0b000_010_010;

    public StandardError StandardError { get; init; } = StandardError.Socket;

    /// <summary>Connections the kernel keeps for us before accept (listen(2)); capped by net.core.somaxconn.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>How many clients, and how fast.</summary>
    public ServiceLimits Limits { get; init; } = new();

    /// <summary>Who may come.</summary>
    public AccessRules Access { get; init; } = AccessRules.Everybody;

    /// <summary>Its clients come by way of proxies that say who they are; null when they come themselves.</summary>
    public ProxySettings? Proxy { get; init; }

    /// <summary>Its clients speak TLS, and its program does not; null when nobody stands between them.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>Options of the sockets.</summary>
    public SocketSettings Sockets { get; init; } = new();

    /// <summary>The workers, when the mode is <see cref="ServiceMode.Pool"/>.</summary>
    public PoolSettings Pool { get; init; } = new();

    /// <summary>How long a child may live before it is told to end; null for as long as it likes.</summary>
    public TimeSpan? MaxRuntime { get; init; }

    /// <summary>How long a child that was told to end (SIGTERM) has until it is killed (SIGKILL).</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A wait server gets all sockets of its service from descriptor 3 on, as sd_listen_fds(3) has it.</summary>
    public bool ListenFds { get; init; }

    /// <summary>What LISTEN_FDNAMES calls the sockets, in the order of <see cref="Listen"/>; none: the service's name.</summary>
    public ValueList<string> ListenNames { get; init; } = [];

    /// <summary>A child for each peer of a datagram socket, which it is handed: the daemon goes on with another.</summary>
    public bool HandsOver => Mode == ServiceMode.Nowait && !Listen[0].IsStream;

    /// <summary>It is tcpmux, and what its clients get is another service's program; null for all others.</summary>
    public TcpmuxSettings? Tcpmux { get; init; }

    /// <summary>"nowait", "wait" or "pool", and before it what a connection goes through: "proxy+tls+pool". Of tcpmux, which has no program, only that.</summary>
    public string Way
    {
        get
        {
            var mode = Tcpmux is not null ? "tcpmux" : Mode switch { ServiceMode.Wait => "wait", ServiceMode.Pool => "pool", _ => "nowait" };
            return $"{(Proxy is null ? "" : "proxy+")}{(Tls is null ? "" : "tls+")}{mode}";
        }
    }

    /// <summary>The endpoints that are sockets; a name behind tcpmux is none.</summary>
    public IEnumerable<Endpoint> Openings => Listen.Where(endpoint => endpoint.Transport != Transport.Tcpmux);

    /// <summary>It has this name behind tcpmux.</summary>
    public bool IsAskedForAs(string name) => Listen.Any(endpoint => endpoint.Tcpmux?.Name == name);

    /// <summary>Its connections may have come through a vestibule, its own or that of tcpmux.</summary>
    public bool MayHavePassages => Proxy is not null || Tls is not null || Listen is [{ Transport: Transport.Tcpmux }, ..];

    /// <summary>PR_SET_NO_NEW_PRIVS: on for handlers, off for programs whose set-uid helpers must go on working.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>
    /// Files that the child finds open for reading, from descriptor 3 on: those that only the daemon can open. No key in the file: they
    /// are the mailer's secrets.
    /// </summary>
    public ValueList<string> OpenFiles { get; init; } = [];

    /// <summary>It is a tripwire: whoever it does not get to see is counted, and the count is recorded where it records.</summary>
    public bool RecordsAlerts { get; init; }

    /// <summary>
    /// Started as soon as the daemon serves and again, with a growing pause, until it ends with exit code 0. No key in the file:
    /// only the mailer is started so, because an alert that waits in the store must not wait for the next one to arrive.
    /// </summary>
    public bool RunsUntilDone { get; init; }
}
