using SuperServer.Control;

namespace SuperServer;

/// <summary>The part about what the administrator asks over the control socket, on the dispatcher's own thread.</summary>
internal sealed partial class Dispatcher
{
    private ControlDesk? _desk;

    // Without one the door is open all the same.
    private void OpenDesk()
    {
        if (_stint.IsPassing)
        {
            return;
        }

        (_desk, var why) = ControlDesk.Open(_configuration.Daemon.RunDirectory, _mailbox, Respond);
        if (why is not null)
        {
            _journal.NoDesk(why);
        }
    }

    private Answer Respond(Request request) => request switch
    {
        { Verb: "status" } => new Answer { Services = Report() },
        { Verb: "bars" } => new Answer { Bars = Bars() },
        { Verb: "lift", Subject: { } source } => Lift(source),
        { Verb: "pause" or "resume" or "drain", Subject: { } name } => _services.TryGetValue(name, out var service)
            ? Obey(service, request.Verb)
            : Answer.Failed($"there is no service '{name}' (services: {string.Join(", ", _services.Keys)})"),
        _ => Answer.Failed($"'{request.Verb}' is not understood"),
    };

    private Answer Obey(Service service, string verb)
    {
        service.IsPaused = verb is "pause" or "drain";
        service.IsDraining = verb is "drain";
        _journal.Ordered(service.Definition, verb);
        if (service.IsDraining)
        {
            RetireAll(service);
        }

        AttendAll(service);
        return new Answer { Services = [Report(service)] };
    }
}
