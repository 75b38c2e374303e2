using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Reads what a connection goes through before its program gets it, and makes sure that the service can have it: somebody must
/// accept the connections first, and they must be streams of bytes.
/// </summary>
internal sealed class VestibuleReader(HostFacts host, SetNames sets)
{
    private readonly ProxyReader _proxies = new(host, sets);
    private readonly TlsReader _tls = new(host);

    public void ReadDefaults(TableReader defaults) => _proxies.ReadDefaults(defaults);

    public (ProxySettings? Proxy, TlsSettings? Tls) Read(
        TableReader table, ServicePrograms programs, ServiceMode? mode, IReadOnlyList<ListenEntry> listening, Identity? identity)
    {
        var (proxy, tls) = (_proxies.Read(table), _tls.Read(table, identity));
        CheckFits(table, "proxy_protocol", isAsked: proxy is not null, "the PROXY header", mode, listening);
        CheckFits(table, "tls", isAsked: table.Owns("tls"), "TLS", mode, [.. listening.Where(entry => entry.Endpoints[0].Transport != Transport.Tcpmux)]);
        if (table.Owns("tls") && table.Has("banner_refused"))
        {
            table.Report(table.PlaceOf("banner_refused"), "'banner_refused' cannot be told over TLS: whoever is turned away has not come so far");
        }

        if (proxy is not null || table.Owns("tls"))
        {
            _ = programs.HasOwn(table, table.PlaceOf(proxy is null ? "tls" : "proxy_protocol"), ServicePrograms.Carrier);
        }

        if (tls is not null)
        {
            _ = programs.HasOwn(table, table.PlaceOf("tls"), ServicePrograms.Tls);
        }

        return (proxy, tls);
    }

    private static void CheckFits(
        TableReader table, string key, bool isAsked, string what, ServiceMode? mode, IReadOnlyList<ListenEntry> listening)
    {
        if (!isAsked)
        {
            return;
        }

        if (listening.FirstOrDefault(entry => !IsStreamOfBytes(entry.Endpoints[0])) is { } other)
        {
            table.Report(table.PlaceOf(key), $"'{key}' is for connections that are streams of bytes, over TCP or a Unix socket, "
                + $"and {Printable.Quoted(other.Text)} has none");
        }
        else if (mode == ServiceMode.Wait)
        {
            table.Report(table.PlaceOf(key), $"'{key}' cannot be had with mode = \"wait\": its server takes the clients itself, and {what} "
                + "with them; take mode = \"nowait\" or \"pool\"");
        }
    }

    private static bool IsStreamOfBytes(Endpoint endpoint) =>
        endpoint.Transport is Transport.Tcp or Transport.Unix or Transport.Handed;
}
