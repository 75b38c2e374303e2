using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn;

/// <summary>RFC 863: reads to the end and says nothing.</summary>
internal sealed class Discard : SimpleService
{
    public override Conversation Begin(int socket, Visitor? visitor) => new Bin(socket);

    private sealed class Bin(int socket) : Conversation(socket)
    {
        // All conversations of the process throw into the same one.
        private static readonly byte[] _waste = new byte[64 * 1024];

        protected override short Continue(short ready) => Receive(_waste) == Gone ? Over : Libc.POLLIN;
    }
}
