using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads the keys that are options of a service's sockets.</summary>
internal static class SocketSettingsReader
{
    public static SocketSettings Read(TableReader table)
    {
        _ = table;
        return new SocketSettings();
    }
}
