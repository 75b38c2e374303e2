using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Tls;

/// <summary>
/// Carries bytes between a client, who speaks TLS, and a program, which does not. Each direction ends by itself and the end is passed on;
/// each holds one buffer while bytes are under way and none while it waits, so who does not read is not read from either.
/// </summary>
internal sealed class Relay(Socket client, SslStream tls, Socket program)
{
    // A record of TLS carries as much.
    private const int Portion = 16 * 1024;

    private static readonly TimeSpan _glance = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>Until both have ended, or one of them is gone for good.</summary>
    public async Task Run()
    {
        var toProgram = Guard(ToProgram());
        var toClient = Guard(ToClient());
        _ = await Task.WhenAny(toProgram, toClient).ConfigureAwait(false);
        if (toClient.IsCompleted)
        {
            await SeeOff(toProgram).ConfigureAwait(false);
        }

        await Task.WhenAll(toProgram, toClient).ConfigureAwait(false);
    }

    /// <summary>A direction that breaks takes the other one with it.</summary>
    private async Task Guard(Task direction)
    {
        try
        {
            await direction.ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException or InvalidOperationException
            or CryptographicException)
        {
            Cut();
        }
    }

    // A close_notify, or an end without one, which many clients prefer.
    private async Task ToProgram()
    {
        var isDeaf = false;
        await foreach (var portion in Portions(ReadFromClient).ConfigureAwait(false))
        {
            isDeaf = isDeaf || !await TrySend(portion).ConfigureAwait(false);
        }

        if (!isDeaf)
        {
            program.Shutdown(SocketShutdown.Send);
        }
    }

    private async Task ToClient()
    {
        await foreach (var portion in Portions(ReadFromProgram).ConfigureAwait(false))
        {
            await tls.WriteAsync(portion).ConfigureAwait(false);
        }

        await tls.ShutdownAsync().ConfigureAwait(false);
        client.Shutdown(SocketShutdown.Send);
    }

    private ValueTask<int> ReadFromClient(Memory<byte> buffer) => tls.ReadAsync(buffer);

    private ValueTask<int> ReadFromProgram(Memory<byte> buffer) => program.ReceiveAsync(buffer, SocketFlags.None);

    // A read of nothing waits until there is something.
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Portions(Func<Memory<byte>, ValueTask<int>> read)
    {
        while (true)
        {
            _ = await read(Memory<byte>.Empty).ConfigureAwait(false);
            var buffer = ArrayPool<byte>.Shared.Rent(Portion);
            try
            {
                var got = await read(buffer.AsMemory(0, Portion)).ConfigureAwait(false);
                if (got == 0)
                {
                    yield break;
                }

                yield return buffer.AsMemory(0, got);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    // A program that listens no more may still have something to say: what the client sends is read and thrown away then.
    private async Task<bool> TrySend(ReadOnlyMemory<byte> portion)
    {
        try
        {
            while (!portion.IsEmpty)
            {
                portion = portion[await program.SendAsync(portion, SocketFlags.None).ConfigureAwait(false)..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // The program has ended its side. While it lives it may go on listening; when it is gone the client gets a moment to go as well,
    // for a close with unread bytes is a reset, and a reset can overtake our last words.
    private async Task SeeOff(Task toProgram)
    {
        while (!toProgram.IsCompleted && !IsGone(program))
        {
            _ = await Task.WhenAny(toProgram, Task.Delay(_glance)).ConfigureAwait(false);
        }

        _ = await Task.WhenAny(toProgram, Task.Delay(_patience)).ConfigureAwait(false);
        Cut();
    }

    private static bool IsGone(Socket program)
    {
        Span<Libc.PollFd> polled = [new() { fd = (int)program.Handle }];
        return Libc.poll(polled, 1, 0) > 0;
    }

    private void Cut()
    {
        client.Dispose();
        program.Dispose();
    }
}
