using SuperServer.Handlers.BuiltIn.Ident;
using SuperServer.Handlers.BuiltIn.Saying;
using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.BuiltIn;

/// <summary>
/// A small service, said once for all sockets: how a stream's conversation goes, and what answers a datagram.
/// How it is served (one client, many, datagrams) depends on descriptor 0 alone.
/// </summary>
internal abstract class SimpleService
{
    /// <summary>What <see cref="Answer"/> gives when a datagram gets no answer at all; an empty answer is 0.</summary>
    public const int NoAnswer = -1;

    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(60);

    /// <summary>Who the client is has to be found out for each; most do not care.</summary>
    public virtual bool AsksWho => false;

    /// <summary>Starts to talk on a stream; the conversation does not own the socket.</summary>
    /// <param name="visitor">Known if <see cref="AsksWho"/>.</param>
    public abstract Conversation Begin(int socket, Visitor? visitor);

    /// <summary>Writes the answer to a datagram and gives its length.</summary>
    public virtual int Answer(ReadOnlySpan<byte> question, Span<byte> answer) => NoAnswer;

    /// <summary>The same for a service to which it matters who asks.</summary>
    public virtual int Answer(SocketName source, ReadOnlySpan<byte> question, Span<byte> answer) => Answer(question, answer);

    public static SimpleService? Named(string name) => name switch
    {
        "echo" => new Echo(),
        "discard" => new Discard(),
        "chargen" => new Chargen(),
        "daytime" => new Daytime(),
        "time" => new Time(),
        Announcement.Name => new Announcement(),
        Identd.Name => new Identd(),
        QuoteOfTheDay.Name => new QuoteOfTheDay(),
        _ => null,
    };

    public int Run(InheritedKind kind)
    {
        var options = HandlerOptions.Parse(Environment.GetEnvironmentVariable(HandlerOptions.Variable));
        var idle = options.Duration("idle", _idle);
        Learn(options);
        foreach (var problem in options.Problems)
        {
            Output.Complain($"superserver-handlers: {problem}");
        }

        return options.Problems.Any() ? ExitCode.Configuration : Serve(kind, idle);
    }

    /// <summary>Takes the options that only this service has.</summary>
    protected virtual void Learn(HandlerOptions options)
    {
    }

    private int Serve(InheritedKind kind, TimeSpan idle) => kind switch
    {
        InheritedKind.Connected when PoolLink.IsWorker => new PoolServer(this).Serve(),
        InheritedKind.Connected => new StreamServer(this, idle).Converse(InheritedSocket.Descriptor),
        InheritedKind.Listening => new StreamServer(this, idle).Listen(InheritedSocket.Descriptor),
        _ => new DatagramServer(this, idle).Serve(InheritedSocket.Descriptor),
    };
}
