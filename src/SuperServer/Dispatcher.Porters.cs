using SuperServer.Accepting;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>
/// The part about porters, the processes of the vestibules: started when somebody comes, believed as long as they make sense, and
/// sent away when nobody has come for a while.
/// </summary>
internal sealed partial class Dispatcher
{
    private static readonly TimeSpan _portersMayIdle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _timeToSpeak = TimeSpan.FromSeconds(5);

    private readonly Configuration.ServiceDefinition _porter;
    private readonly Dictionary<int, Post> _porters = [];

    // One that is gone, and whose end is about to be seen, is passed over once.
    private unsafe Visit? Hand(Service service, Vestibule vestibule, in Arrival arrival)
    {
        var ends = stackalloc int[2] { -1, -1 };
        if (vestibule.Part == VestibulePart.Tls && !TryConnect(service, ends))
        {
            return null;
        }

        var hadPorter = vestibule.Porter is not null;
        var visit = Hand(service, vestibule, arrival, ends[0], ends[1]);
        if (visit is null && hadPorter && vestibule.Porter is null)
        {
            visit = Hand(service, vestibule, arrival, ends[0], ends[1]);
        }

        if (ends[1] >= 0)
        {
            _ = Libc.close(ends[1]);        // the porter has its own
        }

        if (visit is null && ends[0] >= 0)
        {
            _ = Libc.close(ends[0]);
        }

        return visit;
    }

    private Visit? Hand(Service service, Vestibule vestibule, in Arrival arrival, int programEnd, int porterEnd)
    {
        if ((vestibule.Porter ??= StartPorter(service, vestibule, arrival)) is not { } porter)
        {
            return null;
        }

        var id = new ConnectionId(arrival.Passage!.Number);
        var variables = _launcher.DescribeVisit(service.Plan, id, arrival, vestibule.Timeout);
        if (porter.TryHand(id, variables, arrival.Socket, porterEnd))
        {
            _agenda.Cancel(Errand.Idle, porter.Child.Pid);
            return new Visit(service, vestibule, porter, arrival, programEnd);
        }

        if (IsShortage(Errno.Last))
        {
            RestAll(service, RestReason.Resources, _resourcePause);
        }
        else if (Errno.Last != Errno.EAGAIN)
        {
            vestibule.Porter = null;
            porter.IsRetiring = true;
        }

        return null;
    }

    // The pair between the program and the porter. Whoever was accepted with the last descriptors gets the reserve.
    private unsafe bool TryConnect(Service service, int* ends)
    {
        const int Kind = Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC;
        if (Libc.socketpair(Libc.AF_UNIX, Kind, 0, ends) == 0)
        {
            return true;
        }

        var hasHelped = _reserve.Release() && Libc.socketpair(Libc.AF_UNIX, Kind, 0, ends) == 0;
        RestAll(service, RestReason.Resources, _resourcePause);
        return hasHelped;
    }

    private Porter? StartPorter(Service service, Vestibule vestibule, in Arrival arrival)
    {
        var result = _launcher.LaunchWorker(vestibule.Process, vestibule.Plan, out var socket);
        if (result is LaunchResult.Failed { IsShortage: true } && _reserve.Release())
        {
            result = _launcher.LaunchWorker(vestibule.Process, vestibule.Plan, out socket);
            RestAll(service, RestReason.Resources, _resourcePause);
        }

        if (result is not LaunchResult.Launched launched)
        {
            Complain(service, vestibule.Process, arrival, (LaunchResult.Failed)result);
            return null;
        }

        var porter = new Porter(launched.Child, socket);
        _journal.PorterStarted(service.Definition, vestibule.Key, launched.Child);
        TakeIn(service, launched);
        _porters.Add(launched.Child.Pid, new Post(porter, service, vestibule));
        _poller.Watch(socket, Readiness.Visit, launched.Child.Pid);
        return porter;
    }

    private void LetCatchUp(Porter porter)
    {
        if (!porter.IsCatchingUp && porter.IsBehind)
        {
            porter.IsCatchingUp = true;
            _poller.WatchForRoom(porter.Socket, Readiness.Visit, porter.Child.Pid, isWanted: true);
            _agenda.Set(Errand.Behind, porter.Child.Pid, Now + _timeToCatchUp);
        }
    }

    private void HearPorters()
    {
        foreach (var pid in _poller.Ready(Readiness.Visit, _ready))
        {
            if (_porters.TryGetValue(pid, out var post))
            {
                Hear(post, MostMessages);
            }
        }
    }

    private void Hear(Post post, int most)
    {
        var porter = post.Porter;
        for (var heard = 0; heard < most && porter.Socket >= 0 && porter.TryHear(out var answer); heard++)
        {
            _agenda.Cancel(Errand.Silent, porter.Child.Pid);
            if (answer is null || !Heed(porter, answer))
            {
                EndPorter(post, "it has sent what is no answer");
                return;
            }
        }

        if (porter is { Socket: >= 0, HasHungUp: true })
        {
            EndPorter(post, "it has closed its socket");
            return;
        }

        if (porter is { IsCatchingUp: true, Socket: >= 0, IsBehind: false })
        {
            porter.IsCatchingUp = false;
            _poller.WatchForRoom(porter.Socket, Readiness.Visit, porter.Child.Pid, isWanted: false);
            _agenda.Cancel(Errand.Behind, porter.Child.Pid);
        }

        LetRest(post);
        AttendAfterEnding(post.Service);
    }

    private void LetRest(Post post)
    {
        var porter = post.Porter;
        if (porter is { IsRetiring: true, Visits: 0 })
        {
            Dismiss(post);
        }
        else if (porter is { Visits: 0, Carried: 0 })
        {
            _agenda.Set(Errand.Idle, porter.Child.Pid, Now + _portersMayIdle);
        }
    }

    // What the file says of the service's vestibule now. Who is inside stays, with the porter that he is with.
    private void Furnish(Service service)
    {
        service.Outer = Furnish(service.Outer, Vestibule.OfProxies(service.Definition, _porter, _inherited));
        service.Inner = Furnish(service.Inner, Vestibule.OfClients(service.Definition, _porter, _inherited));
    }

    private Vestibule? Furnish(Vestibule? was, Vestibule? now)
    {
        if (was is null)
        {
            return now;
        }

        var stays = was.Part == now?.Part;
        if (!stays || was.Amend(now!))
        {
            RetirePorters(post => post.Vestibule == was);
        }

        if (!stays)
        {
            was.Dispose();
        }

        return stays ? was : now;
    }

    private void RetirePorters(Predicate<Post> which)
    {
        foreach (var post in _porters.Values.Where(post => which(post)).ToArray())
        {
            Retire(post);
        }
    }

    // It gets no more visitors, and ends when it has done with those that it has.
    private void Retire(Post post)
    {
        post.Porter.IsRetiring = true;
        if (post.Vestibule.Porter == post.Porter)
        {
            post.Vestibule.Porter = null;
        }

        LetRest(post);
    }

    // A porter that carries connections may do so for as long as they last; any other has no reason to stay.
    private void Dismiss(Post post)
    {
        var porter = post.Porter;
        if (porter.Socket < 0)
        {
            return;
        }

        Forget(porter);
        if (porter.Carried == 0)
        {
            _agenda.Set(Errand.Kill, porter.Child.Pid, Now + post.Service.Definition.StopTimeout);
        }
    }

    private void Forget(Porter porter)
    {
        _agenda.Cancel(Errand.Idle, porter.Child.Pid);
        _agenda.Cancel(Errand.Behind, porter.Child.Pid);
        _agenda.Cancel(Errand.Silent, porter.Child.Pid);
        if (porter.Socket >= 0)
        {
            _poller.Forget(porter.Socket);
        }

        porter.Dismiss();
    }

    private void DismissIdlePorter(int pid)
    {
        if (_porters.TryGetValue(pid, out var post) && post.Porter is { Visits: 0, Carried: 0 })
        {
            Retire(post);
        }
    }

    private void LoseFaithInPorter(int pid)
    {
        if (_porters.TryGetValue(pid, out var post) && post.Porter.IsCatchingUp)
        {
            EndPorter(post, "it does not read on");
        }
    }

    // It may be slow and it may hang: another one takes those who come now. Whoever hangs says nothing at all, and it has one more
    // chance to.
    private void SuspectSilence(Vestibule vestibule, Porter porter)
    {
        porter.IsRetiring = true;
        if (vestibule.Porter == porter)
        {
            vestibule.Porter = null;
        }

        if (_agenda.When(Errand.Silent, porter.Child.Pid) is null)
        {
            _agenda.Set(Errand.Silent, porter.Child.Pid, Now + _timeToSpeak);
        }
    }

    private void EndIfSilent(int pid)
    {
        if (_porters.TryGetValue(pid, out var post))
        {
            EndPorter(post, "it does not answer");
        }
    }

    private void EndPorter(Post post, string why)
    {
        _journal.PorterFails(post.Service.Definition, post.Vestibule.Key, post.Porter.Child, why);
        Forget(post.Porter);
        Terminate(post.Service, post.Porter.Child);
        AbandonVisitors(post);
    }

    private void AbandonVisitors(Post post)
    {
        if (post.Vestibule.Porter == post.Porter)
        {
            post.Vestibule.Porter = null;
        }

        foreach (var visit in _visits.Values.Where(visit => visit.Porter == post.Porter).ToArray())
        {
            Drop(visit, "trouble");
        }

        AttendAfterEnding(post.Service);
    }

    // What it has said before it ended counts.
    private void Bury(Post post, in Ending ending)
    {
        var porter = post.Porter;
        while (porter.Socket >= 0 && porter.TryHear(out var answer) && answer is not null && Heed(porter, answer))
        {
        }

        Forget(porter);
        AbandonVisitors(post);
        if (!porter.HasAnswered && ending.Age < Suspicion.AtOnce)
        {
            RestAll(post.Service, RestReason.Broken, post.Service.Suspicion.AfterFailure());
        }
    }

    /// <summary>Which porter works where.</summary>
    private sealed record Post(Porter Porter, Service Service, Vestibule Vestibule);
}
