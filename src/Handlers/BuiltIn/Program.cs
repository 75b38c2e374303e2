using SuperServer.Handlers;
using SuperServer.Handlers.BuiltIn;
using SuperServer.Handlers.BuiltIn.Notelnet;
using SuperServer.Handlers.BuiltIn.Redirect;
using SuperServer.Handlers.BuiltIn.Resolve;
using SuperServer.Handlers.BuiltIn.Shed;
using SuperServer.Handlers.BuiltIn.Ushering;
using SuperServer.Handlers.BuiltIn.Vestibule;

const string Usage = """
    usage: superserver-handlers NAME

    The handlers that come with SuperServer; an inetd starts them with the client's socket on descriptor 0.

      echo      sends back what it gets                    (RFC 862)
      discard   throws away what it gets                   (RFC 863)
      chargen   sends characters without end               (RFC 864)
      daytime   sends the time of day as text              (RFC 867)
      time      sends the seconds since 1900 in 4 bytes    (RFC 868)
      qotd      says a quote                               (RFC 865)
      ident     says whose a connection is, or nothing     (RFC 1413)
      file      says a text, or what stands in a file
      notelnet  records who touched the port; says so, keeps silent or wastes his time, as it is told
      redirect  carries connections and datagrams to another place
      resolve   looks up the names of clients for the daemon; no service
      proxy     reads for the daemon what a proxy says of its client; no service
      tcpmux    asks a client which service he wants, for the daemon         (RFC 1078)
      tls       speaks TLS with clients in place of programs that do not; no service

    In superserver.toml:   [service.echo]
                           handler = "echo"

    """;

return args switch
{
    ["--help" or "-h"] => Print(Usage),
    ["--version"] => Print($"superserver-handlers {typeof(SimpleService).Assembly.GetName().Version?.ToString(3)}\n"),
    [Tripwire.Name] => Start(Tripwire.Name, Tripwire.Run),
    [Redirector.Name] => Start(Redirector.Name, Redirector.Run),
    [Resolver.Name] => Start(Resolver.Name, Resolver.Run),
    [Doorman.Proxy] => Start(Doorman.Proxy, Doorman.RunProxy),
    [Doorman.Tcpmux] => Start(Doorman.Tcpmux, Doorman.RunTcpmux),
    [TlsProgram.Name] => TlsProgram.Run(),
    [ShedTask.Name] => ShedTask.Run(),
    [Usher.Name] => Start(Usher.Name, _ => Usher.Run()),
    [var name] when SimpleService.Named(name) is { } service => Start(name, kind => service.Run(kind)),
    [var name] => Refuse($"there is no handler '{name}'"),
    _ => Refuse("exactly one argument is needed, the handler's name"),
};

static int Start(string name, Func<InheritedKind, int> run) =>
    InheritedSocket.Kind() is var kind and not InheritedKind.NotASocket
        ? run(kind)
        : Refuse($"{name}: descriptor 0 is not a socket; this program is started by an inetd");

static int Refuse(string why)
{
    Output.Complain($"superserver-handlers: {why}\n\n{Usage}");
    return ExitCode.Usage;
}

static int Print(string text)
{
    Output.Print(text);
    return ExitCode.Done;
}
