using System.Net;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.Testing;

/// <summary>Who the client of a test is said to be, and what its service is called. Everything has a value that a test need not care about.</summary>
public sealed record Circumstances
{
    /// <summary>What <see cref="Client.RemoteAddress"/> is; null as for a Unix socket.</summary>
    public IPAddress? RemoteAddress { get; init; } = IPAddress.Loopback;

    /// <summary>What <see cref="Client.RemotePort"/> is.</summary>
    public int? RemotePort { get; init; } = 50_000;

    /// <summary>What <see cref="Client.LocalAddress"/> is.</summary>
    public IPAddress? LocalAddress { get; init; } = IPAddress.Loopback;

    /// <summary>What <see cref="Client.LocalPort"/> is.</summary>
    public int? LocalPort { get; init; } = 7_000;

    /// <summary>What <see cref="Client.Credentials"/> are; null as for anything but a Unix socket.</summary>
    public UnixCredentials? Credentials { get; init; }

    /// <summary>What <see cref="Client.Service"/> is.</summary>
    public string Service { get; init; } = "test";

    /// <summary>What <see cref="Client.Variables"/> are.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>How the handler is served; of it <see cref="HandlerSettings.GuardsReplies"/> matters to a test.</summary>
    public HandlerSettings Settings { get; init; } = new();

    internal Encounter Encounter => new()
    {
        RemoteAddress = RemoteAddress,
        RemotePort = RemotePort,
        LocalAddress = LocalAddress,
        LocalPort = LocalPort,
        Credentials = Credentials,
        Service = Service,
        Connection = "test-1",
        Variables = () => Variables,
    };

    internal SocketName Source => new(Family(RemoteAddress), RemoteAddress, RemotePort, Mapped: false);

    internal SocketName Self => new(Family(LocalAddress), LocalAddress, LocalPort, Mapped: false);

    private static int Family(IPAddress? address) => address is null ? Interop.Libc.AF_UNIX : (int)address.AddressFamily;
}
