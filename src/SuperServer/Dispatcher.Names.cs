using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;

namespace SuperServer;

/// <summary>
/// The part about clients whose name decides: they wait at the door while an unprivileged process asks the system's resolver.
/// </summary>
internal sealed partial class Dispatcher
{
    private readonly Service _resolver;
    private readonly NameQuestions<Waiting> _questions = new();
    private byte[]? _question;
    private Worker? _resolving;

    private void AskForName(Service service, in Arrival arrival)
    {
        _question ??= new byte[NameQuestions<Waiting>.LongestQuestion];
        var waiting = new Waiting(service, arrival);
        var length = _questions.Ask(arrival.Peer.Name.Address, service.Definition.Access, waiting, Now, _question);
        if (length > 0 && SendQuestion(_question.AsSpan(0, length)))
        {
            SetPatience();
            return;
        }

        if (length > 0)
        {
            _questions.Withdraw();
        }

        Admit(service, arrival, NameAnswer.Nobody);
    }

    private bool SendQuestion(ReadOnlySpan<byte> question)
    {
        _resolving ??= StartResolver();
        return _resolving is { Socket: >= 0 } resolver && Libc.SendWithDescriptor(resolver.Socket, question, descriptor: -1);
    }

    private Worker? StartResolver()
    {
        if (_launcher.LaunchWorker(_resolver.Definition, _resolver.Plan, out var socket) is not LaunchResult.Launched launched)
        {
            _journal.NoResolver("it could not be started");
            return null;
        }

        var worker = new Worker(launched.Child, socket);
        TakeIn(_resolver, launched, worker: worker);
        _poller.Watch(socket, Readiness.Names, launched.Child.Pid);
        return worker;
    }

    private unsafe void HearResolver()
    {
        if (_poller.Ready(Readiness.Names, _ready).Count == 0 || _resolving is not { Socket: >= 0 } resolver)
        {
            return;
        }

        // An answer is an id and some numbers: the longest is far below this.
        var bytes = stackalloc byte[4096];
        nint length = 0;
        for (var heard = 0; heard < MostMessages && (length = Libc.read(resolver.Socket, bytes, 4096)) > 0; heard++)
        {
            if (!_questions.TryRead(new ReadOnlySpan<byte>(bytes, (int)length), out var client))
            {
                EndResolver(resolver, "it has sent what is no answer");
                return;
            }

            if (client is not null)
            {
                AdmitNamed(client);
            }
        }

        if (length == 0)
        {
            EndResolver(resolver, "it has closed its socket");
        }
    }

    private void EndResolver(Worker resolver, string why)
    {
        _journal.NoResolver(why);
        SendResolverAway(resolver);
        GiveUpNames();
    }

    private void SendResolverAway(Worker resolver)
    {
        _poller.Forget(resolver.Socket);
        resolver.Dismiss();
        Terminate(_resolver, resolver.Child);
        _resolving = null;
    }

    private void ResolverHasEnded(Worker resolver)
    {
        if (resolver == _resolving)
        {
            EndResolver(resolver, "it has ended");
        }
    }

    private void GiveUpNames()
    {
        foreach (var client in _questions.GiveUpAll())
        {
            AdmitNamed(client);
        }
    }

    private void LosePatience()
    {
        while (_questions.TryExpire(Now, out var client))
        {
            AdmitNamed(client);
        }

        SetPatience();
    }

    private void SetPatience()
    {
        if (_questions.NextDeadline is { } deadline)
        {
            _agenda.Set(Errand.Names, 0, deadline);
        }
    }

    // A reload may have changed the rules meanwhile: then the answer was to another question, and it is asked anew.
    private void AdmitNamed(NamedClient<Waiting> client)
    {
        var (service, arrival) = client.Who;
        if (service.IsLeaving)
        {
            TurnAway(service, arrival, new Refusal("service", "gone", null));
            return;
        }

        var isCurrent = ReferenceEquals(client.Rules, service.Definition.Access) || client.Rules == service.Definition.Access;
        Admit(service, arrival, isCurrent ? client.Answer : NameAnswer.NotAsked);
    }

    /// <summary>A client at the door of a service.</summary>
    private sealed record Waiting(Service Service, Arrival Arrival);
}
