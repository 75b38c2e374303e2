using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers;

/// <summary>
/// What a handler says to people: one write(2) for one sentence. Descriptor 1 is the client, so sentences go to 2; where an inetd has
/// put the client there as well, they are not said at all.
/// </summary>
internal static class Output
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    public static void Print(string text) => Write(StandardOutput, text);

    public static void Complain(string text)
    {
        if (!InheritedSocket.AreSame(InheritedSocket.Descriptor, StandardError))
        {
            Write(StandardError, text + "\n");
        }
    }

    private static void Write(int descriptor, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _ = Libc.write(descriptor, bytes, (nuint)bytes.Length);
    }
}
