using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>One datagram to a Unix socket with a path, for those who listen; nobody waits for them.</summary>
internal static class UnixDatagram
{
    /// <summary>sizeof(sun_path), less the NUL.</summary>
    private const int MaxPath = 107;

    public static void Send(string path, ReadOnlySpan<byte> message)
    {
        if (Encoding.UTF8.GetByteCount(path) > MaxPath)
        {
            return;
        }

        // struct sockaddr_un; what GetBytes leaves at its end is the NUL.
        Span<byte> address = stackalloc byte[sizeof(ushort) + MaxPath + 1];
        address.Clear();
        address[0] = Libc.AF_UNIX;
        _ = Encoding.UTF8.GetBytes(path, address[sizeof(ushort)..]);
        var socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        _ = Libc.sendto(socket, message, (nuint)message.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL, address, (uint)address.Length);
        _ = Libc.close(socket);
    }
}
