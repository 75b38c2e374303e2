using System.Globalization;
using System.Net.Sockets;
using SuperServer.Configuration;

namespace SuperServer.Accepting;

/// <summary>
/// Names the process that has a port we wanted, as far as /proc lets us see: "address already in use" alone sends people off
/// to search. Asked only when a bind has failed; it never throws, for it only decorates an error.
/// </summary>
internal static class PortHolder
{
    private const int LocalAddressColumn = 1;
    private const int InodeColumn = 9;

    public static string? Find(Endpoint endpoint)
    {
        try
        {
            return InodeOf(endpoint) is { } inode && OwnerOf(inode) is var (pid, name) ? $"pid {pid} ({name}) has it" : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    // proc_net_tcp: local_address is HEXADDRESS:HEXPORT, the inode is the tenth column.
    private static string? InodeOf(Endpoint endpoint)
    {
        var port = $":{endpoint.Address!.Port:X4}";
        var family = endpoint.Address.AddressFamily == AddressFamily.InterNetwork ? "" : "6";
        return File.ReadLines($"/proc/net/{(endpoint.IsStream ? "tcp" : "udp")}{family}")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length > InodeColumn && columns[LocalAddressColumn].EndsWith(port, StringComparison.Ordinal))
            .Select(columns => columns[InodeColumn])
            .FirstOrDefault(inode => inode != "0");
    }

    private static (int Pid, string Name)? OwnerOf(string inode)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Holds(process, $"socket:[{inode}]"))
            {
                return (pid, File.ReadAllText($"{process}/comm").Trim());
            }
        }

        return null;
    }

    private static bool Holds(string process, string socket)
    {
        try
        {
            return Directory.EnumerateFiles($"{process}/fd").Any(file => new FileInfo(file).LinkTarget == socket);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;   // it ended meanwhile, or is another user's
        }
    }
}
