using SuperServer.Handlers.Testing;

namespace SuperServer.Handlers.Tests.Sdk;

/// <summary>The stream of a client, both ends of it: the harness gives the test the same stream as the handler.</summary>
public sealed class ClientStreamTests
{
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_read_that_was_cancelled_leaves_the_stream_as_it_was()
    {
        await using var visit = HandlerHarness.Start(Echo);
        using var soon = new CancellationTokenSource(_moment);
        var buffer = new byte[10];

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await visit.Stream.ReadExactlyAsync(buffer, soon.Token));

        Assert.Equal("hello", await visit.Exchange("hello"));
    }

    [Fact]
    public async Task A_write_waits_for_the_other_side_and_can_be_cancelled()
    {
        await using var visit = HandlerHarness.Start((_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop));
        using var soon = new CancellationTokenSource(_moment);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await visit.Stream.WriteAsync(new byte[10_000_000], soon.Token));
    }

    [Fact]
    public async Task Megabytes_pass_both_ways_at_once()
    {
        await using var visit = HandlerHarness.Start(Echo);
        var sent = new byte[10_000_000];
        Random.Shared.NextBytes(sent);
        var listening = ReadAll(visit.Stream);
        await visit.Stream.WriteAsync(sent, Test);
        visit.Stream.CompleteWrites();

        Assert.Equal(sent, await listening);
    }

    [Fact]
    public async Task A_thread_may_wait_as_well()
    {
        await using var visit = HandlerHarness.Start((client, _) =>
        {
            var line = new byte[5];
            client.Stream.ReadExactly(line);
            client.Stream.Write(line);
            return Task.CompletedTask;
        });
        await Task.Delay(_moment, Test);

        Assert.Equal("hello", await visit.Exchange("hello"));
    }

    [Fact]
    public async Task A_read_of_nothing_waits_until_there_is_something()
    {
        await using var visit = HandlerHarness.Start(Echo);
        var waiting = visit.Stream.ReadAsync(Memory<byte>.Empty, Test).AsTask();
        await Task.Delay(_moment, Test);
        Assert.False(waiting.IsCompleted);

        await visit.Stream.WriteAsync("x"u8.ToArray(), Test);

        Assert.Equal(0, await waiting);
        Assert.Equal(1, await visit.Stream.ReadAsync(new byte[10], Test));
    }

    [Fact]
    public async Task Only_one_reads_at_a_time()
    {
        await using var visit = HandlerHarness.Start(Echo);
        var first = visit.Stream.ReadAsync(new byte[10], Test).AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await visit.Stream.ReadExactlyAsync(new byte[10], Test));

        await visit.Stream.WriteAsync("x"u8.ToArray(), Test);
        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task Who_waits_when_it_is_closed_is_told()
    {
        await using var visit = HandlerHarness.Start(Echo);
        var waiting = visit.Stream.ReadAsync(new byte[10], Test).AsTask();

        await visit.Stream.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await visit.Stream.ReadExactlyAsync(new byte[10], Test));
    }

    [Fact]
    public async Task To_write_to_one_who_is_gone_is_an_IOException()
    {
        await using var visit = HandlerHarness.Start((client, _) => client.Stream.DisposeAsync().AsTask());
        await visit.Ended;

        await Assert.ThrowsAnyAsync<IOException>(async () => await visit.Stream.WriteAsync("x"u8.ToArray(), Test));
    }

    [Fact]
    public async Task It_has_no_length_no_position_and_nothing_to_flush()
    {
        await using var visit = HandlerHarness.Start(Echo);
        var stream = visit.Stream;

        Assert.Equal((true, true, false), (stream.CanRead, stream.CanWrite, stream.CanSeek));
        Assert.Throws<NotSupportedException>(() => stream.Length);
        Assert.Throws<NotSupportedException>(() => stream.Position);
        Assert.Throws<NotSupportedException>(() => stream.Position = 1);
        Assert.Throws<NotSupportedException>(() => stream.SetLength(1));
        Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
        await stream.FlushAsync(Test);
    }

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private static async Task<byte[]> ReadAll(ClientStream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Test);
        return all.ToArray();
    }

    private static Task Echo(Client client, CancellationToken stop) => client.Stream.CopyToAsync(client.Stream, stop);
}
