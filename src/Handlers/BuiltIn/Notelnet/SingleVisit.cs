using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>nowait: a process for one client, which waits for that client alone.</summary>
internal sealed class SingleVisit(Site site, Policies policies, Journal journal)
{
    public int Serve(int socket)
    {
        InheritedSocket.SetBlocking(true, socket);
        Func<string, string?> environment = Environment.GetEnvironmentVariable;
        var client = Peer.Of(SocketName.OfPeer(socket), environment);
        var target = Peer.TargetOf(SocketName.OfSelf(socket), environment);
        var policy = policies.For(target.Port);
        var touch = site.Touch(client, target, policy.OnConnect, environment("SUPERSERVER_CONNECTION"));
        var visit = new Visit(socket, touch, policy);

        var kept = Record(touch);
        var parting = visit.Part(kept, policies.Tarpit, Environment.TickCount64);
        SeeOff(parting, socket);
        if (kept == Kept.Recorded)
        {
            _ = journal.Append(AlertWriter.Write(visit.End(parting)));
        }

        return kept == Kept.Nowhere ? ExitCode.TryLater : ExitCode.Done;
    }

    private Kept Record(TouchRecord touch)
    {
        var line = AlertWriter.Write(touch);
        var lastResort = LastResort.Of(journal);
        if (journal.Append(line, unconfirmed => lastResort.Doubt(line, unconfirmed)) is { } failure)
        {
            var kept = lastResort.Keep(touch, line, failure);
            lastResort.Settle();
            return kept;
        }

        journal.RingBell();
        return Kept.Recorded;
    }

    private static void SeeOff(Parting parting, int socket)
    {
        Span<Libc.PollFd> polled = [new() { fd = socket }];
        while (!parting.IsOver)
        {
            polled[0].events = parting.Awaits;
            _ = Libc.poll(polled, 1, (int)Math.Clamp(parting.WakesAt - Environment.TickCount64, 0, int.MaxValue));
            parting.Step(Environment.TickCount64);
        }

        // Every descriptor that is the client: the end comes with the last of them.
        foreach (var descriptor in (ReadOnlySpan<int>)[2, 1])
        {
            if (InheritedSocket.AreSame(socket, descriptor))
            {
                _ = Libc.close(descriptor);
            }
        }

        parting.Close();
    }
}
