using System.Net.Sockets;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// <c>superserver alert trip SERVICE</c>: touches the real port from this host, and follows the visit to the record and the mail. What a
/// stranger's visit would do, this one does, but for the letter that says who it was.
/// </summary>
internal sealed class TripCommand(Surroundings surroundings, MailerOptions options, Reply reply, TimeProvider clock)
{
    private static readonly TimeSpan _usualWait = TimeSpan.FromSeconds(60);

    public int Run(CommandWords words)
    {
        var tripwire = Named(words);
        var (ear, port) = Choose(tripwire, words.Number("--port", 1, ushort.MaxValue), words);
        var target = ear.Protocol == "ipc" ? ear.Text : $"{ear.Protocol}:{new System.Net.IPEndPoint(ear.Near, port)}";
        var answer = new TripAnswer { Service = tripwire.Name, Target = target };
        reply.Say($"{Clean.Text(tripwire.Name, 40)}: touching {Clean.Text(target, 120)}");
        answer = Follow(answer, ear, port, words.Time("--wait") ?? _usualWait);
        reply.Say($"{answer.Outcome}: {answer.Reason}");
        reply.Give(answer, AnswersJson.Default.TripAnswer);
        return answer.Outcome switch
        {
            "mailed" or "held" or "ignored" => ExitCode.Done,
            "waiting" or "unread" => ExitCode.StillWaiting,
            _ => ExitCode.Refused,
        };
    }

    private TripAnswer Follow(TripAnswer answer, Ear ear, int port, TimeSpan wait)
    {
        var start = clock.GetUtcNow();
        OwnVisit visit;
        try
        {
            visit = new Visitor(clock).Touch(ear, port);
        }
        catch (Exception error) when (error is SocketException or AggregateException or ArgumentException)
        {
            return answer with { Reason = WhyNot(error is AggregateException { InnerException: { } inner } ? inner : error) };
        }

        Say(ear.Protocol == "udp" ? "sent" : "connected", visit.Connected, "");
        Say("answered", visit.Answered, visit.Words);
        answer = answer with
        {
            Source = visit.Source?.ToString(),
            ConnectedMs = (long)visit.Connected.TotalMilliseconds,
            AnsweredMs = (long)visit.Answered.TotalMilliseconds,
        };
        return new Pursuit(surroundings, options, Say, clock, start).Of(answer, visit.Source, wait);
    }

    private void Say(string step, TimeSpan after, string words) =>
        reply.Say($"  {step.PadRight(10)} after {$"{after.TotalMilliseconds:#,0} ms",9}  {words}".TrimEnd());

    private static string WhyNot(Exception error) => error switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            "nobody listens there: the daemon does not run, or the service is not online; superserver status says which",
        _ => $"{error.Message}; superserver status says how the service stands",
    };

    private Tripwire Named(CommandWords words)
    {
        var all = Tripwire.All(surroundings.Tripwires);
        return all.FirstOrDefault(tripwire => tripwire.Name == words.Operands[0])
            ?? throw words.Wrong($"there is no tripwire '{Clean.Text(words.Operands[0], 40)}'; "
                + (all.Count == 0 ? "no service has handler = \"notelnet\"" : $"there are {string.Join(", ", all.Select(tripwire => Clean.Text(tripwire.Name, 40)))}"));
    }

    private static (Ear Ear, int Port) Choose(Tripwire tripwire, int? port, CommandWords words)
    {
        var ears = tripwire.Ears.Where(ear => ear.Protocol is "tcp" or "udp" or "ipc" || ear.HasUnknownPort);
        var ear = port is { } asked ? ears.OrderBy(one => one.HasUnknownPort).FirstOrDefault(one => one.HasPort(asked)) : ears.FirstOrDefault();
        return (ear, port) switch
        {
            (null, { } number) => throw words.Wrong($"'{Clean.Text(tripwire.Name, 40)}' has no port {number}; it has {Places(tripwire)}"),
            (null, _) => throw words.Wrong($"'{Clean.Text(tripwire.Name, 40)}' has no socket that can be touched from here: {Places(tripwire)}"),
            ({ HasUnknownPort: true }, null) => throw words.Wrong($"'{ear.Text}' has a port that is not in the configuration: name it with --port N"),
            ({ Protocol: "fd" }, { } number) => (Ear.Parse($"tcp:127.0.0.1:{number}"), number),
            _ => (ear, port ?? ear.Address?.Port ?? 0),
        };
    }

    private static string Places(Tripwire tripwire) => Clean.Text(string.Join(", ", tripwire.Ears.Select(ear => ear.ToString()).Distinct()), 200);
}
