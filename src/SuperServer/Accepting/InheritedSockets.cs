using System.Globalization;
using System.Runtime.CompilerServices;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// The sockets that the daemon was started with (sd_listen_fds(3)): a socket unit's, or our own, which the service manager kept
/// for us while we were dead. Each is given out once; it refuses to take descriptors that were meant for another process.
/// </summary>
internal sealed class InheritedSockets
{
    private const int First = 3;

    /// <summary>What sd_listen_fds_with_names(3) calls a socket that has no name.</summary>
    private const string NoName = "unknown";

    private readonly List<Spare> _spares = [];

    /// <summary>A daemon that was started with nothing.</summary>
    public static InheritedSockets None => new();

    /// <summary>Reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES. From then on no child inherits these descriptors.</summary>
    public static InheritedSockets Take(Func<string, string?> variable)
    {
        var inherited = new InheritedSockets();
        foreach (var (name, descriptor) in Handed(variable))
        {
            inherited.Add(name, descriptor);
        }

        return inherited;
    }

    /// <summary>All of them as <c>listen</c> would name them, for whoever has nothing else to listen on.</summary>
    public static IReadOnlyList<string> Endpoints(Func<string, string?> variable)
    {
        var names = new List<string>();
        var endpoints = new List<string>();
        foreach (var (name, descriptor) in Handed(variable))
        {
            names.Add(name);
            var which = names.Count(other => other == name);
            var scheme = SocketKind.Ask(descriptor, Libc.SO_TYPE) == Libc.SOCK_DGRAM ? "fd-dgram" : "fd";
            endpoints.Add(which == 1 ? $"{scheme}:{name}" : $"{scheme}:{name}:{which}");
        }

        return endpoints;
    }

    private static IEnumerable<(string Name, int Descriptor)> Handed(Func<string, string?> variable)
    {
        if (Number(variable("LISTEN_PID")) != Libc.getpid() || Number(variable("LISTEN_FDS")) is not { } count)
        {
            yield break;
        }

        var names = variable("LISTEN_FDNAMES")?.Split(':') ?? [];
        for (var index = 0; index < count && Libc.fcntl(First + index, Libc.F_SETFD, Libc.FD_CLOEXEC) == 0; index++)
        {
            yield return (index < names.Length && names[index].Length > 0 ? names[index] : NoName, First + index);
        }
    }

    /// <summary>Gives out the socket of this name; null when there is none, or not any more.</summary>
    public FileDescriptor? Named(string name) => GiveOut(_spares.FindIndex(spare => spare.Name == name));

    /// <summary>Gives out the socket that opening this endpoint would make, if it is open already.</summary>
    public (string Name, FileDescriptor Socket)? TwinOf(Endpoint endpoint)
    {
        var index = endpoint.IsHanded || endpoint.Transport == Transport.Fifo || endpoint.IsAnyPort
            ? -1
            : _spares.FindIndex(spare => IsTwin(spare.Socket.Number, endpoint));
        return index < 0 ? null : (_spares[index].Name, GiveOut(index)!);
    }

    /// <summary>Closes what nobody wanted: its clients would wait for ever. Returns the names.</summary>
    public IReadOnlyList<string> CloseTheRest()
    {
        var names = _spares.Select(spare => spare.Name).ToList();
        _spares.ForEach(spare => spare.Socket.Dispose());
        _spares.Clear();
        return names;
    }

    internal void Add(string name, int descriptor)
    {
        var which = _spares.Count(spare => spare.Name == name || spare.Name.StartsWith($"{name}:", StringComparison.Ordinal)) + 1;
        _spares.Add(new Spare(which == 1 ? name : $"{name}:{which}", new FileDescriptor(descriptor)));
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool IsTwin(int socket, Endpoint endpoint)
    {
        Libc.sockaddr_storage bound = default;
        var length = (uint)Unsafe.SizeOf<Libc.sockaddr_storage>();
        if (SocketKind.OfSocket(socket) != SocketKind.Of(endpoint) || Libc.getsockname(socket, ref bound, ref length) != 0)
        {
            return false;
        }

        var wanted = SocketName.Write(endpoint, out var wantedLength);
        ReadOnlySpan<byte> ours = wanted, theirs = bound;
        return length == wantedLength
            && ours[..(int)length].SequenceEqual(theirs[..(int)length])
            && (endpoint.FilePath is not { } path || UnixSocketFile.At(path) is not null)
            && IsMadeLike(socket, endpoint);
    }

    // What cannot be changed any more has to be right.
    private static bool IsMadeLike(int socket, Endpoint endpoint)
    {
        if (!endpoint.IsInternet)
        {
            return true;
        }

        Span<byte> device = stackalloc byte[16];
        var length = (uint)device.Length;
        var isBound = Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, ref device[0], ref length) == 0
            && length > 1;
        var name = isBound ? System.Text.Encoding.ASCII.GetString(device[..((int)length - 1)]) : null;
        return name == endpoint.Device
            && SocketKind.Ask(socket, Libc.SO_REUSEPORT) != 0 == endpoint.SharesPort
            && IsDualStack(socket, endpoint) == endpoint.IsDualStack;
    }

    private static bool IsDualStack(int socket, Endpoint endpoint)
    {
        var isV6Only = 1;
        var length = (uint)sizeof(int);
        return endpoint.IsWildcard
            && Libc.getsockopt(socket, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, ref isV6Only, ref length) == 0
            && isV6Only == 0;
    }

    private FileDescriptor? GiveOut(int index)
    {
        if (index < 0)
        {
            return null;
        }

        var socket = _spares[index].Socket;
        _spares.RemoveAt(index);
        return socket;
    }

    private sealed record Spare(string Name, FileDescriptor Socket);
}
