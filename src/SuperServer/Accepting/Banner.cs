using System.Text;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// A few words from the daemon itself to a client who was just accepted. It never waits: what does not fit is dropped.
/// </summary>
internal static class Banner
{
    /// <summary>How many bytes were sent.</summary>
    public static unsafe int Send(int socket, string text)
    {
        var words = Encoding.UTF8.GetBytes(text);
        fixed (byte* bytes = words)
        {
            return (int)nint.Max(0, Libc.send(socket, bytes, (nuint)words.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL));
        }
    }
}
