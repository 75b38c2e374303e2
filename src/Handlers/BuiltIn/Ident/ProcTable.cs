using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SuperServer.Handlers.BuiltIn.Ident;

/// <summary>/proc/net/tcp and /proc/net/tcp6 (proc(5)): every connection of the host, a line for each.</summary>
internal static class ProcTable
{
    public static Owner Find(IPEndPoint here, IPEndPoint there)
    {
        try
        {
            var isV4 = here.AddressFamily == AddressFamily.InterNetwork;
            var found = isV4 ? Find(File.ReadLines("/proc/net/tcp"), here, there) : new Owner.Nobody();
            return found is Owner.Somebody ? found : Find(File.ReadLines("/proc/net/tcp6"), Wide(here, isV4), Wide(there, isV4));
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            return new Owner.Unknown(wrong.Message);
        }
    }

    /// <summary>Columns: number, local address, remote address, state, queues, timer, retransmissions, uid.</summary>
    public static Owner Find(IEnumerable<string> lines, IPEndPoint here, IPEndPoint there)
    {
        var (local, remote) = (Written(here), Written(there));
        foreach (var line in lines)
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 7 && columns[1] == local && columns[2] == remote
                && SocketStates.HaveOwner(byte.Parse(columns[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                && uint.TryParse(columns[7], CultureInfo.InvariantCulture, out var uid))
            {
                return new Owner.Somebody(uid);
            }
        }

        return new Owner.Nobody();
    }

    // An address is shown as numbers of 32 bits in the machine's own order.
    private static string Written(IPEndPoint end)
    {
        var numbers = MemoryMarshal.Cast<byte, uint>(end.Address.GetAddressBytes());
        var address = string.Concat(numbers.ToArray().Select(number => number.ToString("X8", CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture, $"{address}:{end.Port:X4}");
    }

    private static IPEndPoint Wide(IPEndPoint end, bool isV4) => isV4 ? new IPEndPoint(end.Address.MapToIPv6(), end.Port) : end;
}
