using System.Reflection;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Serving;

/// <summary>Looks at what descriptor 0 is and serves it; or says why it cannot.</summary>
internal static class Entrance
{
    public static async Task<int> Run(string[] args, HandlerSettings settings, Func<HandlerOptions, Trade?> prepare)
    {
        ArgumentNullException.ThrowIfNull(args);
        return args switch
        {
            [] => await Start(settings, prepare).ConfigureAwait(false),
            ["--help" or "-h"] => Print(Usage(settings)),
            ["--version"] => Print($"{Name(settings)} {Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3)}\n"),
            [var unknown, ..] => Refuse(settings, $"there is no argument '{unknown}'; options stand in the service's configuration"),
        };
    }

    private static async Task<int> Start(HandlerSettings settings, Func<HandlerOptions, Trade?> prepare)
    {
        var kind = InheritedSocket.Kind();
        if (kind == InheritedKind.NotASocket)
        {
            return Refuse(settings, "descriptor 0 is not a socket; this program is started by an inetd");
        }

        // A client that goes must not end us, nor a daemon that no longer reads our log.
        _ = Libc.signal(Libc.SIGPIPE, Libc.SIG_IGN);
        var options = HandlerOptions.Parse(Environment.GetEnvironmentVariable(HandlerOptions.Variable));
        var trade = prepare(options);
        var idle = options.Duration("idle", settings.Idle);
        var problems = options.Problems.ToArray();
        if (problems.Length > 0 || trade is null)
        {
            return Complain(settings, problems);
        }

        return Objection(kind, trade) is { } objection ? Refuse(settings, objection) : await Serve(kind, trade, settings, idle).ConfigureAwait(false);
    }

    private static async Task<int> Serve(InheritedKind kind, Trade trade, HandlerSettings settings, TimeSpan idle)
    {
        var isWorker = IsWorker;
        var socket = StandardDescriptors.TakeSocket();
        using var drain = new Drain(settings.Grace);
        if (kind == InheritedKind.Connected && !isWorker)
        {
            return await OneClient.Serve(trade, socket, drain).ConfigureAwait(false);
        }

        StandardDescriptors.RaiseLimit();
        using var worker = new PoolWorker(trade, socket, drain);
        var serving = kind switch
        {
            InheritedKind.Connected => worker.Serve(),
            InheritedKind.Listening => new ListenerServer(trade, settings, idle, socket, drain).Serve(),
            _ => new DatagramReceiver(trade, settings, idle, socket, drain).Serve(),
        };
        return await serving.ConfigureAwait(false);
    }

    private static bool IsWorker =>
        Environment.GetEnvironmentVariable(PoolLink.Variable) is not null && InheritedSocket.KeepsMessagesApart();

    private static string? Objection(InheritedKind kind, Trade trade) => kind switch
    {
        InheritedKind.Datagram when trade.Answer is null => "descriptor 0 is a datagram socket; this handler serves streams",
        InheritedKind.Connected or InheritedKind.Listening when trade.Serve is null => "descriptor 0 is a stream; this handler serves datagrams",
        _ when Environment.GetEnvironmentVariable("LISTEN_FDS") is { } count and not "1" && Environment.GetEnvironmentVariable(PoolLink.Variable) is null =>
            $"there are {HandlerOptions.Printable(count)} sockets (LISTEN_FDS), and this handler serves the one on descriptor 0: leave out listen_fds",
        _ => null,
    };

    private static int Complain(HandlerSettings settings, string[] problems)
    {
        var log = new Log();
        foreach (var problem in problems)
        {
            log.Error($"{Name(settings)}: {problem}");
        }

        return ExitCode.Configuration;
    }

    private static int Refuse(HandlerSettings settings, string why)
    {
        Output.Complain($"{Name(settings)}: {why}\n\n{Usage(settings)}");
        return ExitCode.Usage;
    }

    private static int Print(string text)
    {
        Output.Print(text);
        return ExitCode.Done;
    }

    private static string Name(HandlerSettings settings) =>
        settings.Name ?? Path.GetFileName(Environment.ProcessPath) ?? "handler";

    private static string Usage(HandlerSettings settings) => $"""
        usage: {Name(settings)}{(settings.Description is { } description ? $"\n\n{description}" : "")}

        A handler: an inetd starts it with the client's socket, or the service's, on descriptor 0.

        In superserver.toml:   [service.NAME]
                               listen = "tcp:7000"
                               handler = "{Name(settings)}"
        To try it by hand:     superserver try -- {Environment.ProcessPath ?? Name(settings)}

        """;
}
