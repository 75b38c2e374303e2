using System.Net;
using SuperServer.Accepting;
using SuperServer.Commands.Flags;
using SuperServer.Configuration;

namespace SuperServer.Commands.Try;

/// <summary>The flags of <c>superserver try</c>.</summary>
internal static class TryFlags
{
    private static readonly string[] _keys = ["--user", "--group", "--mode", "--stderr"];

    private static readonly Flag _udp = new("--udp", null, "Datagrams: each line that you type is one.");
    private static readonly Flag _unix = new("--unix", null, "A Unix socket pair instead of a TCP connection: the handler finds no addresses.");
    private static readonly Flag _tcp = new("--tcp", null, "A TCP connection on 127.0.0.1, which getpeername(2) knows. This is what you get.");

    public static Flag Service { get; } = new("--service", "NAME", "Take this service of the configuration (--config): its program, user, variables, options.");

    public static Flag From { get; } = new("--from", "ADDRESS[:PORT]", "Who the handler is told has come (TCPREMOTEIP and the others).");

    public static IReadOnlyList<Flag> All { get; } =
    [
        Service, From, _tcp, _unix, _udp, .. ServiceFlags.Keys.Where(flag => _keys.Contains(flag.Name)), ServiceFlags.Option,
        ServiceFlags.Variable, ServiceFlags.Directory, ServiceFlags.Setting,
    ];

    public static Tool Tool(Func<Given, int> run) => new()
    {
        Name = "try",
        Meaning = "Run a handler with this terminal as its client: superserver try HANDLER, or superserver try -- CMD [ARG…].",
        Operand = ("HANDLER", "A handler that comes with superserver, such as echo, or the path of your own."),
        Flags = All,
        ReadsConfiguration = true,
        Examples = """
            What you type goes to the handler, what it says is shown; the end of your input (Ctrl-D) ends your side of the
            connection. What it says on standard error is shown behind its name, and at its end you are told how it ended.
            Ctrl-C is a client that goes away; a second one kills the handler.

            Examples:
              superserver try echo                            a handler that comes with superserver
              superserver try ./my-handler -o greeting=hi     one of your own, with an option
              superserver try --mode pool ./my-handler        as a worker: superserver plays the daemon
              superserver try --from 192.0.2.7:4711 -- sh -c 'echo $TCPREMOTEIP'
              printf 'one\ntwo\n' | superserver try --udp --mode nowait -- cat
              sudo superserver try --service git              as the daemon would start it, user and all

            Exit codes: the handler's own; 128 and the signal that ended it; 64 the command line cannot be read; 66 there is
            no such configuration; 71 the handler could not be started; 77 it runs as somebody you cannot become; 78 a flag
            has a value that will not do.
            """,
        Run = run,
    };

    /// <summary>What is wrong with the command line as such; null when it can be read on.</summary>
    public static string? WhyNot(Given given)
    {
        var sources = given.Operands.Count + (given.Program is null ? 0 : 1) + (given.Has(Service.Name) ? 1 : 0);
        var others = given.Flags.Select(flag => flag.Flag).Where(flag => ServiceFlags.All.Any(known => known.Name == flag)).ToList();
        return FlagProblems.Unknown(given, All) is { } unknown ? unknown
            : sources == 0 || given.Program is { Count: 0 }
                ? "there is nothing to try: superserver try HANDLER, superserver try -- CMD [ARG…], or --service NAME"
            : sources > 1 ? "there is more than one thing to try: name a handler, or a program behind \"--\", or --service NAME"
            : given.Configuration is not null && !given.Has(Service.Name) ? "--config goes with --service NAME"
            : given.Has(Service.Name) && others.Count > 0 ? $"{others[0]} does not go with --service: the configuration says it"
            : Kinds(given).Skip(1).Any() ? $"{string.Join(" and ", Kinds(given))} exclude each other"
            : given.Has(From.Name) && given.Has(_unix.Name) ? "--from does not go with --unix: who comes by a Unix socket has no address"
            : given.Value(From.Name) is { } from && FromWhom(from) is null
                ? $"--from must be an address, as in 192.0.2.7, 192.0.2.7:4711 or [2001:db8::7]:4711, not {Printable.Quoted(from)}"
            : null;
    }

    /// <summary>What the client's socket shall be; null when nothing is said.</summary>
    public static Transport? Transport(Given given) =>
        given.Has(_udp.Name) ? Configuration.Transport.Udp
        : given.Has(_unix.Name) ? Configuration.Transport.Unix
        : given.Has(_tcp.Name) ? Configuration.Transport.Tcp
        : null;

    /// <summary>Who is said to have come; null when that is not said, or makes no sense.</summary>
    public static SocketName? FromWhom(string? text) =>
        text is not null && IPEndPoint.TryParse(text, out var address)
            ? new SocketName(InternetAddress.From(address.Address), (ushort)(address.Port == 0 ? 4711 : address.Port))
            : null;

    private static IEnumerable<string> Kinds(Given given) => new[] { _udp, _unix, _tcp }.Select(flag => flag.Name).Where(given.Has);
}
