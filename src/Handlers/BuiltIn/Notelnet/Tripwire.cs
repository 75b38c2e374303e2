using System.Net;
using System.Text;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// notelnet: guards a port that nobody should use. The order is fixed: addresses, policy, record made durable, and only then the client.
/// It understands nothing that the client sends, looks up no name, and starts no program.
/// </summary>
internal static class Tripwire
{
    public const string Name = "notelnet";

    public static int Run(InheritedKind kind)
    {
        if (kind != InheritedKind.Connected)
        {
            Output.Complain(
                $"{Name}: descriptor 0 is a {(kind == InheritedKind.Listening ? "listening" : "datagram")} socket, "
                + "but this handler takes one connected stream: set mode = \"nowait\" and listen on tcp");
            return ExitCode.Usage;
        }

        Confinement.Enter();
        InheritedSocket.SetBlocking(true);
        return Meet(InheritedSocket.Descriptor, Environment.GetEnvironmentVariable);
    }

    private static int Meet(int socket, Func<string, string?> environment)
    {
        var client = Client.Of(SocketName.OfPeer(socket), environment);
        var target = Client.TargetOf(SocketName.OfSelf(socket), environment);
        var options = HandlerOptions.Parse(environment(HandlerOptions.Variable));
        var policy = Policy.From(options, target.Port);
        var touch = Touch(client, target, policy, environment);
        var journal = new Journal(environment("SUPERSERVER_SPOOL"), environment("SUPERSERVER_ALERT_SOCKET"));

        var isRecorded = Record(touch, journal);
        var parting = Part(socket, touch, policy, isRecorded);
        if (isRecorded)
        {
            _ = journal.Append(AlertWriter.Write(End(touch, parting)));
        }

        var isConfigured = Check(options);
        return !isRecorded ? ExitCode.TryLater : isConfigured ? ExitCode.Done : ExitCode.Configuration;
    }

    private static TouchRecord Touch(Client client, (IPAddress? Address, int? Port) target, Policy policy, Func<string, string?> environment)
    {
        var at = DateTimeOffset.UtcNow;
        var id = Ulid.New(at);
        return new TouchRecord
        {
            Id = id,
            Reference = Ulid.ReferenceOf(id),
            Connection = environment("SUPERSERVER_CONNECTION"),
            Host = environment("SUPERSERVER_HOST") ?? Machine.Name(),
            Service = environment("SUPERSERVER_SERVICE") ?? Name,
            Protocol = client.LearntFrom == Client.FromUnix ? "ipc" : "tcp",
            Source = new AlertSource(client.Address, client.Port, Neighbourhoods.Of(client.Address), client.Mapped),
            Target = new AlertTarget(target.Address, target.Port),
            At = at,
            Boot = Machine.Boot(),
            Monotonic = Machine.Nanoseconds(),
            PeerFrom = client.LearntFrom,
            Action = policy.OnConnect,
            ProcessId = Environment.ProcessId,
        };
    }

    // Where the journal fails, the daemon's log is the last place that a record can go to.
    private static bool Record(TouchRecord touch, Journal journal)
    {
        var line = AlertWriter.Write(touch);
        var failure = journal.Append(line);
        if (failure is null)
        {
            journal.RingBell();
            return true;
        }

        Output.Complain($"{Name}: cannot record: {failure}; the record: {Encoding.ASCII.GetString(line)}");
        return false;
    }

    // The notice says that the visit was recorded: without a record it would be a lie, so there is none.
    private static Parting Part(int socket, TouchRecord touch, Policy policy, bool isRecorded)
    {
        var parting = new Parting(socket, policy.Capture);
        if (policy.OnConnect == Policy.Message && isRecorded)
        {
            parting.Speak(policy.Notice.For(touch.Source.Address, touch.At, touch.Reference));
        }
        else
        {
            parting.Listen();
        }

        parting.Close();
        return parting;
    }

    private static EndRecord End(TouchRecord touch, Parting parting) => new()
    {
        Id = touch.Id,
        Duration = TimeSpan.FromMicroseconds((Machine.Nanoseconds() - touch.Monotonic) / 1000),
        Why = parting.Why,
        BytesOut = parting.BytesOut,
        BytesIn = parting.BytesIn,
        First = parting.First,
    };

    private static bool Check(HandlerOptions options)
    {
        foreach (var problem in options.Problems)
        {
            Output.Complain($"{Name}: {problem}");
        }

        return !options.Problems.Any();
    }
}
