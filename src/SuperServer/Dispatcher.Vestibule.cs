using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;

namespace SuperServer;

/// <summary>
/// The part about connections that visit an unprivileged process before their program gets them: one that reads what a proxy says
/// of its client, one that talks TLS, or one that asks which service is wanted. We read nothing that a client sends.
/// </summary>
internal sealed partial class Dispatcher
{
    /// <summary>Visitors of one part of one service's vestibule at once. For one more somebody has to go.</summary>
    public const int MostVisits = 1_000;

    /// <summary>The porter keeps the time; this much later we do.</summary>
    private static readonly TimeSpan _graceForVisits = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, Visit> _visits = [];

    // Visitors who count, and who will each get a child of their own.
    private int _promised;

    private void Receive(Service service, in Arrival arrival)
    {
        if (service is not { Outer: { } vestibule, Definition.Proxy: { } proxy })
        {
            Admit(service, arrival, NameAnswer.NotAsked);
            return;
        }

        if (!Trusts(proxy, arrival.Peer))
        {
            var refusal = new Refusal("trusted_proxies", "rule=none", proxy.SetAt);
            _journal.Refused(service.Definition, _launcher.NextId(), arrival, refusal);
            TurnAway(service, arrival, refusal);
            return;
        }

        if (vestibule.Callers.Count >= MostVisits && vestibule.Callers.Choose(before: Now) is { } oldest)
        {
            Drop(_visits[oldest]);
        }

        ShowIn(service, vestibule, arrival);
        StopListeningIfFull(service);
    }

    private static bool Trusts(ProxySettings proxy, in Peer peer) => RuleList.NoMatch != (peer.IsUnix
        ? proxy.Trusted.WorthOf(peer.Credentials.uid, peer.Credentials.gid)
        : proxy.Trusted.WorthOf(peer.Name.Address));

    // The gate has let it in: from here on it counts, though it has no program yet.
    private void LetWait(Service service, Vestibule vestibule, in Arrival arrival)
    {
        if (ShowIn(service, vestibule, arrival) is { } visit)
        {
            service.Expect(new ConnectionId(visit.Number), arrival.Peer, visit.Porter.Child, Now);
            _promised += visit.IsPromised ? 1 : 0;
        }
    }

    // Null when nobody could take it, and it has been turned away.
    private Visit? ShowIn(Service service, Vestibule vestibule, Arrival arrival)
    {
        arrival = arrival with { Passage = arrival.Passage ?? new Passage(_launcher.NextId().Number) };
        if (Hand(service, vestibule, arrival) is not { } visit)
        {
            var refusal = Refusal.ForWant(vestibule.Key, "nobody is at work there");
            _journal.Refused(service.Definition, new ConnectionId(arrival.Passage.Number), arrival, refusal);
            TurnAway(service, arrival, refusal);
            return null;
        }

        _visits.Add(visit.Number, visit);
        vestibule.Callers.Enter(visit.Number, Source.Of(arrival.Peer, service.Definition.Limits.SourcePrefix), Now);
        _agenda.Set(Errand.Visit, visit.Number, Now + vestibule.Timeout + _graceForVisits);
        LetCatchUp(visit.Porter);
        return visit;
    }

    // False when it is the answer to another question.
    private bool Heed(Porter porter, VestibuleAnswer answer)
    {
        if (!_visits.TryGetValue(answer.Id.Number, out var visit) || visit.Porter != porter)
        {
            return true;    // it was given up meanwhile
        }

        switch (visit.Vestibule.Part, answer)
        {
            case (_, VestibuleAnswer.Bad bad):
                Fail(visit, bad.Why);
                break;
            case (VestibulePart.Proxy, VestibuleAnswer.Own):
                GoOn(visit, visit.Arrival);
                break;
            case (VestibulePart.Proxy, VestibuleAnswer.Peer said):
                GoOn(visit, visit.Arrival with
                {
                    Peer = Peer.Internet(said.Remote),
                    Local = said.Local,
                    Passage = visit.Arrival.Passage! with { Proxy = visit.Arrival.Peer },
                });
                break;
            case (VestibulePart.Tls, VestibuleAnswer.Ready ready):
                Serve(visit, ready.Facts);
                break;
            case (VestibulePart.Tcpmux, VestibuleAnswer.Enter wish):
                GoTo(visit, wish.Service);
                break;
            case (VestibulePart.Tcpmux, VestibuleAnswer.Done):
                EndWell(visit);
                break;
            default:
                return false;
        }

        return true;
    }

    // Now it is known who comes, and everything goes by that.
    private void GoOn(Visit visit, in Arrival arrival)
    {
        Leave(visit);
        if (visit.Service.IsLeaving)
        {
            TurnAway(visit.Service, arrival, new Refusal("service", "gone", null));
            return;
        }

        Admit(visit.Service, arrival, NameAnswer.NotAsked);
    }

    // The porter has the client's socket from now on, and the program one that leads to the porter.
    private void Serve(Visit visit, ReadOnlyMemory<byte> facts)
    {
        Leave(visit);
        _ = Libc.close(visit.Arrival.Socket);
        var arrival = visit.Arrival with
        {
            Socket = visit.ProgramEnd,
            Passage = visit.Arrival.Passage! with { Facts = facts },
        };
        Serve(visit.Service, arrival);
        AttendAfterEnding(visit.Service);
    }

    private void GoTo(Visit visit, string name)
    {
        var arrival = visit.Arrival;
        EndVisit(visit);
        visit.Service.Served++;
        var wanted = _services.Values.FirstOrDefault(service => service.Definition.IsAskedForAs(name));
        _journal.AsksFor(visit.Service.Definition, arrival, name);
        if (wanted is null || wanted.IsPaused)
        {
            var refusal = Refusal.ForWant("tcpmux", wanted is null ? "the service is gone" : "the service is paused");
            _journal.Refused((wanted ?? visit.Service).Definition, _launcher.IdFor(arrival), arrival, refusal);
            TurnAway(wanted ?? visit.Service, arrival, refusal);
            return;
        }

        Admit(wanted, arrival, NameAnswer.NotAsked);
    }

    private void EndWell(Visit visit)
    {
        EndVisit(visit);
        visit.Service.Served++;
        _ = Libc.close(visit.Arrival.Socket);
    }

    // Who went away by himself was turned away by nobody: a proxy that looks whether we are alive does nothing else all day.
    private void Fail(Visit visit, string why)
    {
        EndVisit(visit);
        if (visit.ProgramEnd >= 0)
        {
            _ = Libc.close(visit.ProgramEnd);
        }

        if (why == "closed")
        {
            _journal.WentAway(visit.Service.Definition, visit.Vestibule.Key, visit.Arrival);
            _ = Libc.close(visit.Arrival.Socket);
            return;
        }

        var refusal = Refusal.ForWant(visit.Vestibule.Key, why);
        _journal.Refused(visit.Service.Definition, new ConnectionId(visit.Number), visit.Arrival, refusal);
        TurnAway(visit.Service, visit.Arrival, refusal);
    }

    // The porter has the socket, too, and has to see that it is over.
    private void Drop(Visit visit, string why = "overload")
    {
        _ = Libc.shutdown(visit.Arrival.Socket, Libc.SHUT_RDWR);
        Fail(visit, why);
    }

    private void EndVisit(Visit visit)
    {
        Leave(visit);
        if (visit.Vestibule.Part != VestibulePart.Proxy)
        {
            _ = visit.Service.End(visit.Number);
        }
    }

    private void Leave(Visit visit)
    {
        _visits.Remove(visit.Number);
        _agenda.Cancel(Errand.Visit, visit.Number);
        visit.Vestibule.Callers.Leave(visit.Number);
        _promised -= visit.IsPromised ? 1 : 0;
    }

    private void LosePatience(long number)
    {
        if (_visits.TryGetValue(number, out var visit))
        {
            SuspectSilence(visit.Vestibule, visit.Porter);
            Drop(visit, "timeout");
            AttendAfterEnding(visit.Service);
        }
    }

    // Nobody is told to go as long as nobody comes.
    private void ThinkOfWhoIsInside(Service service)
    {
        foreach (var vestibule in (ReadOnlySpan<Vestibule?>)[service.Outer, service.Inner])
        {
            if (vestibule?.Callers.Oldest is { } since)
            {
                var fair = since + vestibule.FairTime;
                var time = fair > Now ? fair : Now + vestibule.FairTime;
                var other = _agenda.When(Errand.MakeWay, service.Number);
                _agenda.Set(Errand.MakeWay, service.Number, other < time && other > Now ? other.Value : time);
            }
        }
    }

    private void MakeWay(int number)
    {
        var service = _services.Values.FirstOrDefault(service => service.Number == number);
        if (service is null || MayTakeClients(service))
        {
            return;
        }

        if (service.Entrances.Exists(entrance => entrance.Listener?.HasVisitors() ?? false) && MakeWay(service, MostVisits))
        {
            AttendAll(service);
        }
    }

    private long? LeastWelcome(Vestibule? vestibule) => vestibule?.Callers.Choose(before: Now - vestibule.FairTime);

    // True when somebody who did not get on had to go.
    private bool MakeWay(Service service, int most)
    {
        for (var gone = 0; gone < most; gone++)
        {
            if ((LeastWelcome(service.Inner) ?? LeastWelcome(service.Outer)) is not { } number)
            {
                return gone > 0;
            }

            Drop(_visits[number]);
        }

        return true;
    }
}
