using SuperServer.Handlers;
using SuperServer.Handlers.Tls;

const string Usage = """
    usage: superserver-tls

    Speaks TLS with the clients of services that do not: the daemon starts it, with a socket on descriptor 0 over which connections
    come, for services with a table tls in superserver.toml.

    """;

return args switch
{
    [] => TlsWorker.Run(),
    ["--help" or "-h"] => Print(Usage),
    ["--version"] => Print($"superserver-tls {typeof(TlsWorker).Assembly.GetName().Version?.ToString(3)}\n"),
    _ => Refuse(),
};

static int Refuse()
{
    Output.Complain($"superserver-tls: no argument is needed\n\n{Usage}");
    return ExitCode.Usage;
}

static int Print(string text)
{
    Output.Print(text);
    return ExitCode.Done;
}
