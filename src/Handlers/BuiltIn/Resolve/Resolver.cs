using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Resolve;

/// <summary>
/// <c>superserver-handlers resolve</c>: finds out for the daemon which of some names an address has, so that the daemon itself
/// never speaks to a name server. It has no rights to lose, stays as long as the daemon, and ends when the daemon's end of the
/// socket closes.
/// </summary>
internal static class Resolver
{
    public const string Name = "resolve";

    private const int LongestMessage = 65_536;

    public static int Run(InheritedKind kind)
    {
        if (kind != InheritedKind.Connected || !InheritedSocket.KeepsMessagesApart())
        {
            Output.Complain("superserver-handlers: resolve: descriptor 0 is not a seqpacket socket; only the daemon starts this");
            return ExitCode.Usage;
        }

        ReverseLookup.LimitPatience();
        InheritedSocket.SetBlocking(true);
        return Converse(new LookupDesk(ReverseLookup.Find, Send, TimeProvider.System));
    }

    private static int Converse(LookupDesk desk)
    {
        var message = new byte[LongestMessage + 1];
        while (true)
        {
            if (!Wait(desk.UntilDeadline))
            {
                desk.Expire();
                continue;
            }

            var length = (int)Libc.recv(InheritedSocket.Descriptor, message, (nuint)message.Length, 0);
            if (length <= 0)
            {
                return length == 0 ? ExitCode.Done : ExitCode.OsError;
            }

            if (Question.Parse(message.AsSpan(0, length)) is not { } question)
            {
                Output.Complain("superserver-handlers: resolve: that was no question");
                return ExitCode.Usage;
            }

            desk.Ask(question);
            desk.Expire();
        }
    }

    private static bool Wait(TimeSpan? patience)
    {
        Span<Libc.PollFd> polled = [new() { fd = InheritedSocket.Descriptor, events = Libc.POLLIN }];
        return Libc.poll(polled, 1, patience is { } left ? (int)left.TotalMilliseconds + 1 : -1) > 0;
    }

    // A daemon that is gone is noticed by whoever reads.
    private static void Send(Question question, string? confirmed)
    {
        var answer = question.Answer(confirmed);
        _ = Libc.send(InheritedSocket.Descriptor, answer, (nuint)answer.Length, Libc.MSG_NOSIGNAL);
    }
}
