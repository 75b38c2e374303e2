using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>
/// The workers to whom the daemon sends a client before it starts a program for him, for the daemon itself reads nothing that a client
/// sends. They have no rights to lose.
/// </summary>
internal static class Doorman
{
    public const string Proxy = "proxy";
    public const string Tcpmux = "tcpmux";

    /// <summary>Reads the header of a proxy: <c>peer ID SRC SPORT DST DPORT</c>, <c>local ID</c> or <c>bad ID WORD</c>.</summary>
    public static int RunProxy(InheritedKind kind) => Run(kind, Proxy, ProxyHeader.Read, ProxyHeader.Longest);

    /// <summary>Asks which service of tcpmux is wanted: <c>enter ID NAME</c>, <c>done ID</c> or <c>bad ID WORD</c>.</summary>
    public static int RunTcpmux(InheritedKind kind)
    {
        var options = HandlerOptions.Parse(Environment.GetEnvironmentVariable(HandlerOptions.Variable));
        var line = new TcpmuxLine(options.Texts("names"));
        foreach (var problem in options.Problems)
        {
            Output.Complain($"superserver-handlers: {Tcpmux}: {problem}");
        }

        return options.Problems.Any() ? ExitCode.Configuration : Run(kind, Tcpmux, line.Read, TcpmuxLine.Longest);
    }

    private static int Run(InheritedKind kind, string name, Reader read, int longest)
    {
        if (kind == InheritedKind.Connected && InheritedSocket.KeepsMessagesApart())
        {
            return new Hall(name, read, longest).Serve();
        }

        Output.Complain($"superserver-handlers: {name}: descriptor 0 is not a seqpacket socket; only the daemon starts this");
        return ExitCode.Usage;
    }
}
