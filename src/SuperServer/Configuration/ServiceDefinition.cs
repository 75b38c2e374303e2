namespace SuperServer.Configuration;

/// <summary>What the child has on file descriptor 0, in the words of inetd.conf's fourth column.</summary>
internal enum ServiceMode
{
    /// <summary>One child per connection; fd 0 is the connected socket.</summary>
    Nowait,

    /// <summary>One child at a time; fd 0 is the listening or datagram socket itself.</summary>
    Wait,
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

/// <summary>What becomes of a client who comes when <c>max_connections</c> children live.</summary>
internal enum Overflow
{
    /// <summary>It waits in the kernel's backlog: the daemon does not accept until a place is free.</summary>
    Queue,

    /// <summary>It is accepted and closed.</summary>
    Close,

    /// <summary>It is accepted and reset.</summary>
    Reset,
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

    /// <summary>What the child gets beside the variables that describe its connection (docs/handlers.md).</summary>
    public ValueList<EnvironmentVariable> Environment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    /// <summary>File mode creation mask, 0 to 0777.</summary>
    public int Umask { get; init; } = 0b000_010_010;

    public StandardError StandardError { get; init; } = StandardError.Socket;

    /// <summary>Connections the kernel keeps for us before accept (listen(2)); capped by net.core.somaxconn.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Children alive at once.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Where <see cref="MaxConnections"/> was set, for the line that names the limit; null when it is the default.</summary>
    public string? MaxConnectionsSetAt { get; init; }

    public Overflow Overflow { get; init; } = Overflow.Queue;

    /// <summary>PR_SET_NO_NEW_PRIVS: on for handlers, off for programs whose set-uid helpers must go on working.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>
    /// Started as soon as the daemon serves and again, with a growing pause, until it ends with exit code 0. No key in the file:
    /// only the mailer is started so, because an alert that waits in the store must not wait for the next one to arrive.
    /// </summary>
    public bool RunsUntilDone { get; init; }
}
