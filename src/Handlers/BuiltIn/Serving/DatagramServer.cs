using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>
/// Answers the datagrams of a socket, each from the address it was sent to, until none has come for a while. It never waits to send:
/// a datagram that finds no room is lost, as datagrams are.
/// </summary>
internal sealed class DatagramServer(SimpleService service, TimeSpan idle)
{
    public int Serve(int socket)
    {
        LocalAddress.AskFor(socket);
        var exchange = new DatagramExchange(socket);
        var ownPort = SocketName.OfSelf(socket)?.Port;
        var polled = new Libc.PollFd[] { new() { fd = socket, events = Libc.POLLIN } };
        while (!exchange.IsAlone && SomethingCame(polled))
        {
            while (exchange.Receive())
            {
                if (ReflectionGuard.MayAnswer(exchange.Source, exchange.Asked, ownPort))
                {
                    exchange.Reply(service.Answer(exchange.Source, exchange.Question, exchange.Answer));
                }
            }
        }

        return ExitCode.Done;
    }

    private bool SomethingCame(Libc.PollFd[] polled)
    {
        var until = Environment.TickCount64 + (long)idle.TotalMilliseconds;
        int ready;
        do
        {
            var left = Math.Clamp(until - Environment.TickCount64, 0, int.MaxValue);
            ready = Libc.poll(polled, 1, (int)left);
        }
        while (ready < 0 && Errno.Last == Errno.EINTR);

        return ready > 0;
    }
}
