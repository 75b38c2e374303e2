using System.Collections.Concurrent;
using System.Text;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.Testing;

/// <summary>
/// Runs a handler's method on a pair of connected sockets, with the real stream, the real farewell and the real exit code, but in the process of the test: the test is
/// the client. Works with any test framework.
/// </summary>
/// <example>
/// <code>
/// await using var visit = HandlerHarness.Start(Greeter.Serve);
/// Assert.Equal("Hello Ada\r\n", await visit.Exchange("Ada\n"));
/// Assert.Equal(ExitCode.Done, await visit.Ended);
/// </code>
/// </example>
public sealed class HandlerHarness : IAsyncDisposable
{
    // A visit that was told to stop and does not would keep a test for ever.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private static readonly string[] _levels = ["error", "error", "error", "error", "warning", "information", "information", "debug"];

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _log = [];

    private HandlerHarness(ClientStream near, ClientStream far, Trade trade, Circumstances circumstances)
    {
        Stream = near;
        Ended = Task.Run(() => Visit.Serve(trade, far, circumstances.Encounter, Listen(_log), _stop.Token));
    }

    /// <summary>The client's end of the connection: what is written here the handler reads.</summary>
    public ClientStream Stream { get; }

    /// <summary>Ends when the visit is over, with the exit code that a process of its own would have had. Never fails: what the handler threw is in <see cref="Log"/>.</summary>
    public Task<int> Ended { get; }

    /// <summary>What the handler has logged until now, as <c>warning: what it said</c>; the levels are error, warning, information and debug.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Begins a visit to a handler without options.</summary>
    /// <param name="serve">The handler's method.</param>
    /// <param name="circumstances">Who the client is said to be.</param>
    /// <returns>The visit; dispose of it.</returns>
    public static HandlerHarness Start(Func<Client, CancellationToken, Task> serve, Circumstances? circumstances = null)
    {
        ArgumentNullException.ThrowIfNull(serve);
        var settings = (circumstances ??= new Circumstances()).Settings;
        return Start(Trade.Of(serve, answer: null, settings), circumstances);
    }

    /// <summary>Begins a visit to a handler with options.</summary>
    /// <typeparam name="TOptions">The author's type for them.</typeparam>
    /// <param name="serve">The handler's method.</param>
    /// <param name="options">The options.</param>
    /// <param name="circumstances">Who the client is said to be.</param>
    /// <returns>The visit; dispose of it.</returns>
    public static HandlerHarness Start<TOptions>(
        Func<Client<TOptions>, CancellationToken, Task> serve, TOptions options, Circumstances? circumstances = null)
    {
        ArgumentNullException.ThrowIfNull(serve);
        var settings = (circumstances ??= new Circumstances()).Settings;
        return Start(Trade.Of(serve, answer: null, settings, options), circumstances);
    }

    /// <summary>Gives one datagram to a handler without options.</summary>
    /// <param name="answer">The handler's method.</param>
    /// <param name="payload">What is in the datagram.</param>
    /// <param name="circumstances">Who the sender is said to be.</param>
    /// <returns>What it replied until its task ended, in order.</returns>
    public static Task<IReadOnlyList<byte[]>> Answer(
        Func<Datagram, CancellationToken, Task> answer, ReadOnlyMemory<byte> payload, Circumstances? circumstances = null)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var settings = (circumstances ??= new Circumstances()).Settings;
        return Answer(Trade.Of(serve: null, answer, settings), payload, circumstances);
    }

    /// <summary>Gives one datagram to a handler with options.</summary>
    /// <typeparam name="TOptions">The author's type for them.</typeparam>
    /// <param name="answer">The handler's method.</param>
    /// <param name="options">The options.</param>
    /// <param name="payload">What is in the datagram.</param>
    /// <param name="circumstances">Who the sender is said to be.</param>
    /// <returns>What it replied until its task ended, in order.</returns>
    public static Task<IReadOnlyList<byte[]>> Answer<TOptions>(
        Func<Datagram<TOptions>, CancellationToken, Task> answer,
        TOptions options,
        ReadOnlyMemory<byte> payload,
        Circumstances? circumstances = null)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var settings = (circumstances ??= new Circumstances()).Settings;
        return Answer(Trade.Of(serve: null, answer, settings, options), payload, circumstances);
    }

    /// <summary>Says something, ends the client's side, and gives all that comes until the handler has ended its side.</summary>
    /// <param name="words">What the client says, as UTF-8; may be empty.</param>
    /// <returns>What the handler says, as UTF-8.</returns>
    public async Task<string> Exchange(string words)
    {
        await Stream.WriteAsync(Encoding.UTF8.GetBytes(words)).ConfigureAwait(false);
        Stream.CompleteWrites();
        return await ReadToEnd().ConfigureAwait(false);
    }

    /// <summary>All that comes until the handler has ended its side.</summary>
    /// <returns>What the handler says, as UTF-8.</returns>
    public async Task<string> ReadToEnd()
    {
        using var all = new MemoryStream();
        await Stream.CopyToAsync(all).ConfigureAwait(false);
        return Encoding.UTF8.GetString(all.ToArray());
    }

    /// <summary>Cancels the handler's token, as a drain or <c>max_runtime</c> does when the grace is over.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>The client goes and the handler is stopped; waits for its end, but not for ever.</summary>
    /// <returns>A task that ends when the visit is over.</returns>
    /// <exception cref="TimeoutException">The handler has not ended ten seconds after its token was cancelled and its client was gone.</exception>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Stream.DisposeAsync().ConfigureAwait(false);
        await Ended.WaitAsync(_patience).ConfigureAwait(false);
        _stop.Dispose();
    }

    private static HandlerHarness Start(Trade trade, Circumstances circumstances)
    {
        var (near, far) = Pair(Libc.SOCK_STREAM);
        return new HandlerHarness(new ClientStream(near), new ClientStream(far), trade, circumstances);
    }

    private static async Task<IReadOnlyList<byte[]>> Answer(Trade trade, ReadOnlyMemory<byte> payload, Circumstances circumstances)
    {
        var (near, far) = Pair(Libc.SOCK_DGRAM);
        using (near)
        using (far)
        {
            var sender = new Sender(far.Descriptor, [], asked: null);
            var datagram = trade.Open(payload, circumstances.Source, circumstances.Self, sender, Listen([]));
            await trade.Answer!(datagram, CancellationToken.None).ConfigureAwait(false);
            return ReadAll(near);
        }
    }

    private static List<byte[]> ReadAll(SocketHandle socket)
    {
        var replies = new List<byte[]>();
        var buffer = new byte[ushort.MaxValue];
        for (var got = Receive(); got >= 0; got = Receive())
        {
            replies.Add(buffer[..got]);
        }

        return replies;

        int Receive() => (int)Libc.recv(socket, buffer, (nuint)buffer.Length, Libc.MSG_DONTWAIT);
    }

    private static Log Listen(ConcurrentQueue<string> log) =>
        new(listener: (level, line) => log.Enqueue($"{_levels[level]}: {line}"));

    private static (SocketHandle Near, SocketHandle Far) Pair(int type)
    {
        Span<int> ends = stackalloc int[2];
        return Libc.socketpair(Libc.AF_UNIX, type | Libc.SOCK_CLOEXEC, 0, ends) == 0
            ? (new SocketHandle(ends[0]), new SocketHandle(ends[1]))
            : throw new IOException($"socketpair: {Errno.Text(Errno.Last)}");
    }
}
