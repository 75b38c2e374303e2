using System.Globalization;
using SuperServer.Commands.Flags;
using SuperServer.Configuration;
using SuperServer.Launching;

namespace SuperServer.Commands.Run;

/// <summary>The flags of <c>superserver run</c> that are no key of a service: how long it serves, and what it says.</summary>
internal static class RunFlags
{
    public static Flag PortFile { get; } = new(
        "--port-file", "FILE", "Write the ports here, one a line, when all are open; \"-\" is standard output. Without it ports are printed when you asked for port 0.");

    private static readonly Flag _connections = new("--connections", "N", "End when so many clients have been served.") { Short = "-n" };
    private static readonly Flag _once = new("--once", null, "End after one client: --connections 1.") { Short = "-1" };
    private static readonly Flag _quiet = new("--quiet", null, "Say only what is wrong.") { Short = "-q" };
    private static readonly Flag _verbose = new("--verbose", null, "Say everything.") { Short = "-v" };

    public static IReadOnlyList<Flag> All { get; } =
    [
        ServiceFlags.Handler, .. ServiceFlags.Keys, ServiceFlags.Option, ServiceFlags.Variable, ServiceFlags.Directory,
        ServiceFlags.Setting, _once, _connections, PortFile, _quiet, _verbose,
    ];

    public static Tool Tool(Func<Given, int> run) => new()
    {
        Name = "run",
        Meaning = "Serve one program from the command line: superserver run tcp:8000 -- CMD [ARG…]. Ends on Ctrl-C and leaves nothing behind.",
        Operand = ("LISTEN", "Where clients come to, as in \"listen\" of the configuration: tcp:8000, tcp:127.0.0.1:0, udp:69, unix:/tmp/socket. "
            + "Without it, the sockets that systemd hands over (LISTEN_FDS)."),
        Flags = All,
        Examples = """
            The program and its arguments come after "--". For each client it is started with the client as its
            standard input and output, in a clean environment that tells who the client is (TCPREMOTEIP and others).

            Examples:
              superserver run tcp:8000 -- /bin/cat                       what you type comes back: nc localhost 8000
              superserver run tcp:127.0.0.1:8000 -- sh -c 'echo hello $TCPREMOTEIP'
              superserver run tcp:7 --handler echo                       a handler that comes with superserver
              superserver run unix:/tmp/s --once -- ./serve.py           one client, then it ends
              superserver run tcp:80 -u www:www --max-connections 50 --allow 10.0.0.0/8 -- ./serve.py
              superserver run tcp:127.0.0.1:0 --port-file port -- ./serve.py     tests read the port from the file

            Exit codes: 0 ended by a signal or after --connections; 64 the command line cannot be read; 71 the system
            does not let us (a port is taken); 73 the port file cannot be written; 78 a flag has a value that will not do.
            """,
        Run = run,
    };

    /// <summary>What is wrong with the command line as such; null when it can be read on.</summary>
    public static string? WhyNot(Given given) =>
        FlagProblems.Unknown(given, All) is { } unknown ? unknown
        : given.Program is { Count: 0 } ? "nothing follows \"--\": superserver run tcp:8000 -- CMD [ARG…]"
        : given.Program is null && !given.Has(ServiceFlags.Handler.Name)
            ? "there is nothing to start: superserver run tcp:8000 -- CMD [ARG…], or --handler NAME"
        : given.Configuration is not null ? "run reads no configuration: it is told everything here (superserver serve reads the file)"
        : given.Has(_once.Name) && given.Has(_connections.Name) ? "--once is --connections 1: give one of them"
        : given.Has(_quiet.Name) && given.Has(_verbose.Name) ? "--quiet and --verbose are opposites: give one of them"
        : given.Value(_connections.Name) is { } text && Count(text) is null
            ? $"--connections must be a number from 1 to {int.MaxValue}, not {Printable.Quoted(text)}"
        : null;

    public static LogDefinition Log(Given given) => new()
    {
        Level = given.Has(_quiet.Name) ? LogLevel.Warning : given.Has(_verbose.Name) ? LogLevel.Debug : LogLevel.Information,
    };

    public static Stint Stint(Given given) => new()
    {
        Clients = given.Has(_once.Name) ? 1 : given.Value(_connections.Name) is { } text ? Count(text) : null,
        IsPassing = true,
        EndsOnHangup = Spawn.HangupWasIgnored() == 0,
    };

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;
}
