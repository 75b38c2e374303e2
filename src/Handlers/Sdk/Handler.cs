using System.Text.Json.Serialization.Metadata;
using SuperServer.Handlers.Options;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers;

/// <summary>
/// Runs a handler: a program that an inetd starts with a socket on descriptor 0. What that socket is, the kernel is asked: one client (<c>nowait</c>), the service's own
/// listening or datagram socket (<c>wait</c>), or the end of a pool on which connections come; the author's method is the same for all of them. No variable of
/// SuperServer is needed, so a handler works under other inetds as well.
/// </summary>
/// <remarks>
/// <para>
/// Where one process has many clients the method runs for all of them at the same time, in the thread pool; in <c>nowait</c> it is called by the thread that called
/// <c>Run</c>. A method that throws ends its own client's visit only; what it threw is logged and the exit code is <see cref="ExitCode.Software"/>, but for
/// <see cref="HandlerException"/>, for a client that is gone, and for the cancellation it was asked for. After the method the connection is closed in order: what was
/// written is delivered, and what the client still sends is thrown away for at most two seconds.
/// </para>
/// <para>
/// The token is cancelled when the handler is to end: <see cref="HandlerSettings.Grace"/> after SIGTERM, which comes of a drain, of <c>max_runtime</c> and of the end of
/// the daemon. The handler then ends with <see cref="ExitCode.Done"/>. SIGPIPE does not end it.
/// </para>
/// <para>
/// Descriptors 0 and 1 are taken away before the method is called: what is printed goes where standard error goes, and no program that the handler starts
/// inherits the connection. <c>--help</c> and <c>--version</c> are answered; any other argument, and a descriptor 0 that is not a socket, end in
/// <see cref="ExitCode.Usage"/>. An option that is unknown or wrong ends in <see cref="ExitCode.Configuration"/>, with a sentence on standard error that names it.
/// </para>
/// </remarks>
public static class Handler
{
    /// <summary>Runs a handler of streams that has no options of its own.</summary>
    /// <param name="args">The arguments of the program. A program that knows arguments of its own gives those that it does not.</param>
    /// <param name="serve">Serves one client, until its task ends.</param>
    /// <param name="answer">Answers one datagram, for a handler that can do both; null if it cannot.</param>
    /// <param name="settings">What differs from the defaults.</param>
    /// <returns>The exit code for the process (<see cref="ExitCode"/>).</returns>
    public static Task<int> Run(
        string[] args,
        Func<Client, CancellationToken, Task> serve,
        Func<Datagram, CancellationToken, Task>? answer = null,
        HandlerSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(serve);
        return Start(args, serve, answer, settings);
    }

    /// <summary>Runs a handler of streams whose service has options (<c>[service.NAME.options]</c>).</summary>
    /// <typeparam name="TOptions">The author's type for them: a property for each option.</typeparam>
    /// <param name="args">The arguments of the program.</param>
    /// <param name="options">How the type is read, from the author's source-generated <c>JsonSerializerContext</c>.</param>
    /// <param name="serve">Serves one client, until its task ends.</param>
    /// <param name="answer">Answers one datagram, for a handler that can do both; null if it cannot.</param>
    /// <param name="settings">What differs from the defaults.</param>
    /// <returns>The exit code for the process (<see cref="ExitCode"/>).</returns>
    public static Task<int> Run<TOptions>(
        string[] args,
        JsonTypeInfo<TOptions> options,
        Func<Client<TOptions>, CancellationToken, Task> serve,
        Func<Datagram<TOptions>, CancellationToken, Task>? answer = null,
        HandlerSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(serve);
        return Start(args, options, serve, answer, settings);
    }

    /// <summary>Runs a handler of datagrams that has no options of its own: over UDP or a Unix socket, of one peer or of everybody.</summary>
    /// <param name="args">The arguments of the program.</param>
    /// <param name="answer">Answers one datagram, or does not. They are begun in the order in which they came.</param>
    /// <param name="settings">What differs from the defaults.</param>
    /// <returns>The exit code for the process (<see cref="ExitCode"/>).</returns>
    public static Task<int> RunDatagrams(string[] args, Func<Datagram, CancellationToken, Task> answer, HandlerSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Start(args, null, answer, settings);
    }

    /// <summary>Runs a handler of datagrams whose service has options.</summary>
    /// <typeparam name="TOptions">The author's type for them: a property for each option.</typeparam>
    /// <param name="args">The arguments of the program.</param>
    /// <param name="options">How the type is read, from the author's source-generated <c>JsonSerializerContext</c>.</param>
    /// <param name="answer">Answers one datagram, or does not. They are begun in the order in which they came.</param>
    /// <param name="settings">What differs from the defaults.</param>
    /// <returns>The exit code for the process (<see cref="ExitCode"/>).</returns>
    public static Task<int> RunDatagrams<TOptions>(
        string[] args,
        JsonTypeInfo<TOptions> options,
        Func<Datagram<TOptions>, CancellationToken, Task> answer,
        HandlerSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Start(args, options, null, answer, settings);
    }

    private static Task<int> Start(
        string[] args, Func<Client, CancellationToken, Task>? serve, Func<Datagram, CancellationToken, Task>? answer, HandlerSettings? given)
    {
        var settings = given ?? new HandlerSettings();
        return Entrance.Run(args, settings, _ => Trade.Of(serve, answer, settings));
    }

    private static Task<int> Start<TOptions>(
        string[] args,
        JsonTypeInfo<TOptions> type,
        Func<Client<TOptions>, CancellationToken, Task>? serve,
        Func<Datagram<TOptions>, CancellationToken, Task>? answer,
        HandlerSettings? given)
    {
        ArgumentNullException.ThrowIfNull(type);
        var settings = given ?? new HandlerSettings();
        return Entrance.Run(
            args, settings, table => OptionsBinding.TryBind(table, type, out var options) ? Trade.Of(serve, answer, settings, options) : null);
    }
}
