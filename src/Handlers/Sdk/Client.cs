using System.Net;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers;

/// <summary>
/// One client of a stream service and the connection to it, for as long as the handler's method runs. What is not known is null: an address of a Unix socket,
/// or of a client that reset the connection under an inetd that says nothing in its variables.
/// </summary>
public class Client
{
    private readonly Encounter _encounter;
    private IReadOnlyDictionary<string, string>? _variables;

    internal Client(ClientStream stream, Encounter encounter, Log log)
    {
        Stream = stream;
        _encounter = encounter;
        Log = log;
    }

    /// <summary>The connection. It is the SDK's to close: when the handler's method has ended, with everything that was written delivered if the client takes it.</summary>
    public ClientStream Stream { get; }

    /// <summary>What is said here goes to the daemon's log with this connection's id.</summary>
    public Log Log { get; }

    /// <summary>The client's address; IPv4 however it came in. Behind a trusted proxy it is the client's, not the proxy's (PROXY protocol).</summary>
    public IPAddress? RemoteAddress => _encounter.RemoteAddress;

    /// <summary>The client's port.</summary>
    public int? RemotePort => _encounter.RemotePort;

    /// <summary>The address that the client came to.</summary>
    public IPAddress? LocalAddress => _encounter.LocalAddress;

    /// <summary>The port that the client came to.</summary>
    public int? LocalPort => _encounter.LocalPort;

    /// <summary>The path that a Unix client has bound itself to, <c>@name</c> in the abstract namespace; most have none.</summary>
    public string? RemotePath => _encounter.RemotePath;

    /// <summary>The path of the Unix socket that the client came to, <c>@name</c> in the abstract namespace.</summary>
    public string? LocalPath => _encounter.LocalPath;

    /// <summary>Who the client of a Unix socket is, from the kernel; null for all others.</summary>
    public UnixCredentials? Credentials => _encounter.Credentials;

    /// <summary>The service's name in the configuration (SUPERSERVER_SERVICE); empty under another inetd.</summary>
    public string Service => _encounter.Service;

    /// <summary>
    /// The connection's id, as it stands in every line of the daemon's log about it (SUPERSERVER_CONNECTION). A client that the handler accepted itself
    /// (<c>mode = "wait"</c>) has the process's id and a number; under another inetd the process's number is in its place.
    /// </summary>
    public string ConnectionId => _encounter.Connection;

    /// <summary>
    /// The variables of the connection (docs/handlers/README.md), and those of the process. In a pool each client has its own. A variable of the connection that
    /// is not known is not there; none is empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> Variables => _variables ??= _encounter.Variables();

    /// <summary>
    /// What the daemon is told when this visit is over (<see cref="Handlers.ExitCode"/>); <see cref="Handlers.ExitCode.Done"/> unless set. Of more than one client
    /// in one process (<c>mode = "wait"</c>) the daemon is told nothing: there it is only logged. See also <see cref="HandlerException"/>.
    /// </summary>
    public int ExitCode { get; set; }
}
