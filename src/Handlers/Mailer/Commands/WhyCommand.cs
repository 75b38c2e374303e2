using System.Globalization;
using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary><c>superserver alert why ADDRESS PORT</c>: what would become of such a visitor, and which line of which file says so.</summary>
internal sealed class WhyCommand(Surroundings surroundings, Store store, MailerOptions options, Reply reply, TimeProvider clock)
{
    private static readonly TimeSpan _newsAfter = TimeSpan.FromDays(7);

    public int Run(CommandWords words)
    {
        var address = IPAddress.TryParse(words.Operands[0], out var parsed)
            ? Networks.Plain(parsed)
            : throw words.Wrong($"'{Clean.Text(words.Operands[0], 80)}' is no address");
        var answer = AnswerFor(address, Port(words));
        Tell(answer);
        reply.Give(answer, AnswersJson.Default.WhyAnswer);
        return answer.Verdict == "unguarded" ? ExitCode.Unknown : ExitCode.Done;
    }

    private WhyAnswer AnswerFor(IPAddress address, int port)
    {
        var home = new HomeNetworks(options.InsideNetworks, HomeNetworks.OfInterfaces, clock);
        home.Refresh();
        var streamClass = home.ClassOf(address);
        var ignored = new IgnoredBeside(options, surroundings.IgnoredAt, clock).For(address);
        var policies = Policies(address, port);
        var seen = store.Seen(address);
        var (verdict, reason, mailAt) = Judge(policies, ignored, streamClass, seen, port);
        return new WhyAnswer
        {
            Address = address.ToString(),
            Port = port,
            Tripwires = policies,
            Class = StreamClasses.Name(streamClass),
            ClassReason = home.WhyOf(address),
            Ignored = ignored,
            To = options.Recipients,
            Route = [.. options.Transports.Select(transport => new RouteLine(Transports.Make(transport, surroundings.Host).Name, transport.Always))],
            Verdict = verdict,
            Reason = reason,
            MailAt = mailAt,
            Connections = seen.Connections,
            FirstSeen = seen.First,
            LastSeen = seen.Last,
            LastEvent = seen.LastEvent,
            LastMail = seen.LastEvent is { } last && store.MailsAbout(last, last) is [.., var mail] ? MailLine.Of(mail) : null,
        };
    }

    private (string Verdict, string Reason, DateTimeOffset? MailAt) Judge(
        List<PolicyLine> policies, IgnoredLine? ignored, StreamClass streamClass, Sightings seen, int port)
    {
        if (policies.Count == 0)
        {
            return ("unguarded", "no tripwire has this port, so nothing is recorded there", null);
        }

        if (ignored is not null)
        {
            return ("ignored", "recorded and counted, and never mailed alone: the next mail tells how many of such there were", null);
        }

        var forecast = new Forecast(store, options, clock);
        var news = News(policies[0].Service, port, streamClass, seen);
        var isHolding = forecast.Stream(streamClass).State.Phase == Phase.Holding;
        var limited = forecast.LimitedFor(streamClass) > TimeSpan.Zero;
        var at = forecast.DueOfTouch(streamClass, news is not null);
        var because = new Waiting(store, options, clock).Words(streamClass);
        return (isHolding, limited, news) switch
        {
            (_, true, _) => ("held", because, at),
            (true, _, null) => ("held", because, at),
            (true, _, { } words) => ("mailed", $"although a mail went out before: {words}", at),
            _ => ("mailed", "after the time to settle", at),
        };
    }

    /// <summary>Why the gap between mails would not hold this visit back; null when it would.</summary>
    private string? News(string service, int port, StreamClass streamClass, Sightings seen) => (store.LastTouchOf(service, port), streamClass) switch
    {
        (null, _) => "nobody has touched this port yet",
        ({ } last, _) when last < clock.GetUtcNow() - _newsAfter => "nobody has touched this port for a week",
        (_, StreamClass.Inside) when seen.LastEvent is null || (seen.LastMailed ?? seen.Last) < clock.GetUtcNow() - options.InsidePace.Calm =>
            "this address from inside was in no mail lately",
        _ => null,
    };

    // Where the configuration knows no number, the store knows which were touched.
    private List<PolicyLine> Policies(IPAddress visitor, int port)
    {
        var all = Tripwire.All(surroundings.Tripwires)
            .SelectMany(tripwire => tripwire.Ears.Where(ear => ear.HasPort(port)).Select(ear => (Tripwire: tripwire, Ear: ear)))
            .Where(one => !one.Ear.HasUnknownPort || store.HasSeen(one.Tripwire.Name, port)).ToList();

        // An IPv6 socket may take IPv4 visitors; where there is one of their own, that one has them.
        var own = all.Where(one => one.Ear.Address?.AddressFamily == visitor.AddressFamily).ToList();
        return
        [
            .. (own.Count > 0 ? own : all).Select(one => new PolicyLine(
                one.Tripwire.Name, one.Ear.Text, one.Ear.Protocol, one.Tripwire.Mode,
                one.Tripwire.OnConnect(one.Ear.Protocol, port), one.Tripwire.Capture(port))),
        ];
    }

    private void Tell(WhyAnswer answer)
    {
        reply.Say($"{answer.Address} at port {answer.Port}: {Verdict(answer)}");
        foreach (var policy in answer.Tripwires)
        {
            reply.Say($"  policy    {Clean.Text(policy.Service, 40)} ({Clean.Text(policy.Listen, 120)}): {policy.OnConnect}, keeps {Count.Of(policy.Capture, "byte")}, mode {policy.Mode}");
        }

        reply.Say($"  class     {answer.Class}: {answer.ClassReason}");
        reply.Say($"  ignored   {(answer.Ignored is { } entry ? $"yes: \"{Clean.Text(entry.Entry, 100)}\"{(entry.At is { } at ? $" at {Clean.Chosen(at, 200)}" : "")}" : "no")}");
        reply.Say($"  route     {Clean.Chosen(string.Join(", then ", answer.Route.Where(one => !one.Always).Select(one => one.Transport)), 300)}, "
            + $"to {Clean.Chosen(string.Join(", ", answer.To), 300)}"
            + string.Concat(answer.Route.Where(one => one.Always).Select(one => $"; always {Clean.Chosen(one.Transport, 100)}")));
        reply.Say($"  seen      {Seen(answer)}");
    }

    private string Verdict(WhyAnswer answer) => answer.MailAt is not { } at
        ? $"{answer.Verdict}; {answer.Reason}"
        : (at - clock.GetUtcNow()) switch
        {
            var wait when answer.Verdict == "held" => $"recorded, and told {Wording.Utc(at)} (in {Span.Short(wait)}): {answer.Reason}",
            var wait when wait <= TimeSpan.Zero => $"mailed at once, {answer.Reason}",
            var wait => $"mailed in {Span.Short(wait)}, {answer.Reason}",
        };

    private static string Seen(WhyAnswer answer) => answer is { LastSeen: { } last, FirstSeen: { } first }
        ? $"{Count.Of(answer.Connections, "connection")}, first {Wording.Utc(first)}, last {Wording.Utc(last)} (#{answer.LastEvent}, "
            + $"{(answer.LastMail is { } mail ? $"mail {mail.Id}, {mail.State}" : "in no mail yet")})"
        : "never, as far as the store remembers";

    private static int Port(CommandWords words) =>
        int.TryParse(words.Operands[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw words.Wrong($"'{Clean.Text(words.Operands[1], 40)}' is no port: a number from 1 to {ushort.MaxValue} is wanted");
}
