using System.Collections;
using System.Net;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// What is known about who came and where to. Where SuperServer has given the variables of this very connection they come before the kernel: they are still right
/// after a reset, and behind a proxy only they know the client. For a connection that we accepted ourselves only the kernel knows.
/// </summary>
internal sealed record Encounter
{
    private const string ConnectionVariable = "SUPERSERVER_CONNECTION";
    private const string ServiceVariable = "SUPERSERVER_SERVICE";

    public IPAddress? RemoteAddress { get; init; }

    public int? RemotePort { get; init; }

    public IPAddress? LocalAddress { get; init; }

    public int? LocalPort { get; init; }

    public string? RemotePath { get; init; }

    public string? LocalPath { get; init; }

    public UnixCredentials? Credentials { get; init; }

    public required string Service { get; init; }

    public required string Connection { get; init; }

    public required Func<IReadOnlyDictionary<string, string>> Variables { get; init; }

    public static string ServiceName => Environment.GetEnvironmentVariable(ServiceVariable) ?? "";

    /// <summary>What the daemon calls this process: for nowait its one connection.</summary>
    public static string ProcessName =>
        Environment.GetEnvironmentVariable(ConnectionVariable) ?? Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The one client of this process.</summary>
    public static Encounter WithEnvironment(int socket) =>
        Told(socket, ProcessName, Environment.GetEnvironmentVariable, ProcessVariables);

    /// <summary>A client that the daemon has handed over with its variables; what they do not say the process's own environment does.</summary>
    public static Encounter WithVariables(int socket, string connection, Func<string, string?> own, Func<IReadOnlyDictionary<string, string>> all) =>
        Told(socket, connection, own, all);

    /// <summary>A client that we accepted ourselves.</summary>
    public static Encounter Accepted(int socket, SocketName? peer, string connection)
    {
        var self = SocketName.OfSelf(socket);
        return new Encounter
        {
            RemoteAddress = peer?.Address,
            RemotePort = peer?.Port,
            LocalAddress = self?.Address,
            LocalPort = self?.Port,
            RemotePath = peer?.Path,
            LocalPath = self?.Path,
            Credentials = CredentialsOf(socket, self),
            Service = ServiceName,
            Connection = connection,
            Variables = ProcessVariables,
        };
    }

    public static Dictionary<string, string> ProcessVariables()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            all[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return all;
    }

    private static Encounter Told(int socket, string connection, Func<string, string?> variable, Func<IReadOnlyDictionary<string, string>> all)
    {
        var isOurs = variable(ConnectionVariable) is not null;
        var peer = SocketName.OfPeer(socket);
        var self = SocketName.OfSelf(socket);
        var remote = Peer.Of(isOurs && self is not { Family: Libc.AF_UNIX } ? null : peer, variable);
        remote = remote.Address is null && remote.LearntFrom == Peer.Lost ? Peer.Of(peer, variable) : remote;
        var (localAddress, localPort) = Peer.TargetOf(isOurs && self is not { Family: Libc.AF_UNIX } ? null : self, variable);
        return new Encounter
        {
            RemoteAddress = remote.Address,
            RemotePort = remote.Port,
            LocalAddress = localAddress ?? self?.Address,
            LocalPort = localPort ?? self?.Port,
            RemotePath = peer?.Path ?? variable("IPCREMOTEPATH"),
            LocalPath = self?.Path ?? variable("IPCLOCALPATH"),
            Credentials = self is { } name && Peer.IsGoBetween(name, variable("PROTO"), proxy: null) ? null : CredentialsOf(socket, self),
            Service = variable(ServiceVariable) ?? ServiceName,
            Connection = connection,
            Variables = all,
        };
    }

    private static UnixCredentials? CredentialsOf(int socket, SocketName? self)
    {
        Span<byte> ucred = stackalloc byte[3 * sizeof(int)];
        var length = (uint)ucred.Length;
        return self is { Family: Libc.AF_UNIX } && Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_PEERCRED, ucred, ref length) == 0
            ? new UnixCredentials(BitConverter.ToInt32(ucred), BitConverter.ToUInt32(ucred[4..]), BitConverter.ToUInt32(ucred[8..]))
            : null;
    }
}
