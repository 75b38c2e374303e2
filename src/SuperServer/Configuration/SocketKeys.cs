using System.Net;
using System.Net.Sockets;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// What a table says about sockets, split into what an open socket can change and what makes it another socket; and the rules
/// about which of it fits which endpoint.
/// </summary>
internal sealed record SocketKeys
{
    private static readonly (string[] Keys, string About, Func<Endpoint, bool> Fits)[] _rules =
    [
        (["nodelay", "keepalive", "defer_accept", "congestion"], "is about TCP", IsTcp),
        (["mptcp"], "is about TCP sockets that the daemon opens itself", endpoint => endpoint.Transport == Transport.Tcp),
        (["tos", "ttl", "mark"], "is about TCP and UDP", endpoint => endpoint.IsInternet || endpoint.IsHanded),
        (["device", "freebind", "transparent", "reuse_port"], "is about TCP and UDP sockets that the daemon opens itself",
            endpoint => endpoint.IsInternet),
        (["v6only"], "is about IPv6", endpoint => endpoint.Family == AddressFamily.InterNetworkV6),
        (["send_buffer", "receive_buffer"], "is about sockets", endpoint => endpoint.Transport != Transport.Fifo),
        (["socket_user", "socket_group", "socket_mode"], "is about Unix sockets and FIFOs that are files",
            endpoint => endpoint.FilePath is not null),
    ];

    public required SocketSettings Settings { get; init; }

    public required bool IsMultipath { get; init; }

    public required bool IsV6Only { get; init; }

    public required bool SharesPort { get; init; }

    public required string? Device { get; init; }

    /// <summary>The endpoints as these keys have them. A key of the service itself that fits none of them is a mistake.</summary>
    public IReadOnlyList<ListenEntry> Shape(TableReader table, IReadOnlyList<ListenEntry> listening)
    {
        if (listening.Count == 0)
        {
            return listening;
        }

        foreach (var (keys, about, fits) in _rules.Where(rule => !listening.Any(entry => entry.Endpoints.Any(rule.Fits))))
        {
            foreach (var key in keys.Where(table.Owns))
            {
                table.Report(
                    table.PlaceOf(key), $"'{key}' {about}, and {table.Title} listens for nothing of the kind: leave it out");
            }
        }

        RefuseHalvesOfPairs(table, listening);
        return [.. listening.Select(Shape)];
    }

    private static bool IsPair(ListenEntry entry) => entry.Endpoints.Any(endpoint => endpoint.MayBeMissing);

    private static bool IsTcp(Endpoint endpoint) => endpoint.Transport is Transport.Tcp or Transport.Handed;

    /// <summary>'tcp:23' has a socket for IPv4 already, which one for both families would not let be opened.</summary>
    private void RefuseHalvesOfPairs(TableReader table, IReadOnlyList<ListenEntry> listening)
    {
        if (!IsV6Only && table.Owns("v6only") && listening.FirstOrDefault(IsPair) is { } pair)
        {
            var single = pair.Text.Insert(3, "6");
            table.Report(pair.Place, $"{Printable.Quoted(pair.Text)} opens a socket for each family, and 'v6only = false' asks "
                + $"for one for both: write {Printable.Quoted(single)}");
        }
    }

    private ListenEntry Shape(ListenEntry entry) => entry with
    {
        Endpoints = [.. entry.Endpoints.Select(endpoint => Shape(endpoint, isPair: IsPair(entry)))],
    };

    private Endpoint Shape(Endpoint endpoint, bool isPair) => !endpoint.IsInternet ? endpoint : endpoint with
    {
        IsMultipath = IsMultipath && endpoint.Transport == Transport.Tcp,
        IsDualStack = !IsV6Only && !isPair && endpoint.Address!.Address.Equals(IPAddress.IPv6Any),
        SharesPort = SharesPort,
        Device = Device,
    };
}
