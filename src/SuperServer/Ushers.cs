using System.Net;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>
/// The ushers at work: processes without any rights that empty a socket and send each datagram once more, with its sender's
/// address, by a raw socket that the daemon has opened for them and that leads to this host only.
/// </summary>
internal sealed class Ushers
{
    // The kernel's own nobody (Documentation/admin-guide/sysctl/fs: overflowuid).
    private const uint Nobody = 65_534;

    private readonly Dictionary<int, (Child Child, Entrance Entrance)> _working = [];

    public bool AreAtWork => _working.Count > 0;

    /// <summary>Whether this daemon may open raw sockets at all.</summary>
    public static bool CanWork(Listener frozen)
    {
        using var raw = OpenRaw(frozen);
        return raw is not null;
    }

    public LaunchResult Send(Launcher launcher, Entrance entrance, Listener frozen, string handlersDirectory)
    {
        using var raw = OpenRaw(frozen);
        if (raw is null)
        {
            return new LaunchResult.Failed(Spawn.Step.Pipe, Errno.Last);
        }

        var definition = Definition(entrance.Service.Definition, handlersDirectory);
        using var plan = new LaunchPlan(definition, []);
        var result = launcher.Launch(definition, plan, frozen.Socket, raw.Number);
        if (result is LaunchResult.Launched { Child: var child })
        {
            _working.Add(child.Pid, (child, entrance));
        }

        return result;
    }

    /// <summary>How it ended; null when it works still (then the entrance is told) or is none of ours.</summary>
    public Ending? TryReap(int pid, out Entrance? entrance)
    {
        entrance = null;
        if (!_working.TryGetValue(pid, out var working))
        {
            return null;
        }

        entrance = working.Entrance;
        var ending = Reaper.TryReap(working.Child);
        if (ending is not null)
        {
            _working.Remove(pid);
            working.Child.Dispose();
        }

        return ending;
    }

    // Connected: whatever stands in the header of a packet, it never leaves this host.
    private static FileDescriptor? OpenRaw(Listener frozen)
    {
        var isV4 = frozen.Bound.Address.IsV4;
        var raw = Libc.socket(isV4 ? Libc.AF_INET : Libc.AF_INET6, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.IPPROTO_RAW);
        var here = new IPEndPoint(isV4 ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0);
        var address = SocketName.Write(new Endpoint { Transport = Transport.Udp, Address = here }, out var length);
        if (!raw.IsInvalid && Libc.connect(raw, address, length) == 0)
        {
            return raw;
        }

        raw.Dispose();
        return null;
    }

    private static ServiceDefinition Definition(ServiceDefinition service, string handlersDirectory) => new()
    {
        Name = service.Name,
        Listen = service.Listen,
        Program = Path.Combine(handlersDirectory, "superserver-handlers"),
        Arguments = ["superserver-handlers", "usher"],
        StandardError = StandardError.Null,
        NoNewPrivileges = true,
        Identity = new Identity
        {
            User = "nobody",
            Group = "nogroup",
            Uid = Nobody,
            Gid = Nobody,
            SupplementaryGroups = [],
            IsSwitched = Libc.geteuid() == 0,
        },
    };
}
