using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers;

/// <summary>
/// The connection to a client: bytes both ways, one read and one write at a time, both at once if you like. A wait holds no thread. Reading gives 0 when the
/// client has ended its side; a client that is gone makes reads and writes throw <see cref="IOException"/>, which a handler need not catch. A read and a write
/// that were cancelled leave the stream usable; of a cancelled write an unknown part is sent.
/// </summary>
/// <remarks>
/// Works on the socket that the handler was given (recv(2) and send(2) with MSG_DONTWAIT), buffers nothing and leaves the socket's flags alone.
/// <see cref="Stream.ReadAsync(Memory{byte}, CancellationToken)"/> with an empty buffer waits until there is something to read: thousands of silent clients
/// need no buffer then. On a Unix socket of type SOCK_SEQPACKET each write is one message, and of a message what does not fit into the read is lost.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "It is a Stream.")]
public sealed class ClientStream : Stream
{
    private const int CopyBuffer = 32 * 1024;

    private readonly SocketHandle _socket;
    private readonly Readiness _readiness;
    private int _isClosed;

    internal ClientStream(SocketHandle socket)
    {
        _socket = socket;
        _readiness = new Readiness(socket.Descriptor);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <summary>A connection has no length.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw new NotSupportedException();

    /// <summary>A connection has no position.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    internal bool IsClosed => _isClosed != 0;

    internal SocketHandle Socket => _socket;

    /// <summary>
    /// Tells the client that nothing more will come (shutdown(2) with SHUT_WR: a FIN in TCP); reading goes on. Needed only by protocols in which the end of the
    /// answer is the end of the stream while there is more to read: at the end of a visit the SDK does it.
    /// </summary>
    public void CompleteWrites() => _ = Libc.shutdown(_socket, Libc.SHUT_WR);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (TryRead(buffer, out var count))
            {
                return count;
            }

            WaitNow(Libc.POLLIN);
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return TryRead(buffer.Span, out var count) ? ValueTask.FromResult(count) : ReadLater(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        buffer = buffer[SendSome(buffer)..];
        while (!buffer.IsEmpty)
        {
            WaitNow(Libc.POLLOUT);
            buffer = buffer[SendSome(buffer)..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var sent = SendSome(buffer.Span);
        return sent == buffer.Length ? ValueTask.CompletedTask : WriteLater(buffer[sent..], cancellationToken);
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Copies until the client ends its side. While the client is silent it has no buffer, whatever <paramref name="bufferSize"/> says.</summary>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="bufferSize">How many bytes at once; 32 KiB at most.</param>
    /// <param name="cancellationToken">Ends the copying.</param>
    /// <returns>A task that ends when the client has ended its side and everything is copied.</returns>
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferSize);
        while (await CopySome(destination, Math.Min(bufferSize, CopyBuffer), cancellationToken).ConfigureAwait(false))
        {
        }
    }

    /// <summary>Nothing is buffered, so there is nothing to do.</summary>
    public override void Flush()
    {
    }

    /// <summary>Nothing is buffered, so there is nothing to do.</summary>
    /// <param name="cancellationToken">Not looked at.</param>
    /// <returns>A task that has ended.</returns>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A connection has no position.</summary>
    /// <param name="offset">Not looked at.</param>
    /// <param name="origin">Not looked at.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>A connection has no length.</summary>
    /// <param name="value">Not looked at.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Waits until there is something to read, or the end.</summary>
    internal async ValueTask WaitToRead(CancellationToken cancellation)
    {
        while (!IsReadable)
        {
            await _readiness.Wait(_readiness.Reading, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Takes what is there now; false when nothing is, and not the end either.</summary>
    internal bool TryRead(Span<byte> buffer, out int count)
    {
        if (buffer.IsEmpty)
        {
            count = 0;
            return IsReadable;
        }

        count = (int)Libc.recv(_socket, buffer, (nuint)buffer.Length, Libc.MSG_DONTWAIT);
        if (count >= 0)
        {
            return true;
        }

        ThrowUnlessLater();
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _readiness.End();
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsReadable => Poll(Libc.POLLIN, milliseconds: 0);

    private static void ThrowUnlessLater()
    {
        if (Errno.Last is not (Errno.EAGAIN or Errno.EINTR))
        {
            throw new ClientGoneException(Errno.Text(Errno.Last));
        }
    }

    private async ValueTask<int> ReadLater(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            await _readiness.Wait(_readiness.Reading, cancellation).ConfigureAwait(false);
            if (TryRead(buffer.Span, out var count))
            {
                return count;
            }
        }
    }

    private async ValueTask WriteLater(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        while (!buffer.IsEmpty)
        {
            await _readiness.Wait(_readiness.Writing, cancellation).ConfigureAwait(false);
            buffer = buffer[SendSome(buffer.Span)..];
        }
    }

    // How much went into the kernel at once; less than everything when it has no more room now.
    private int SendSome(ReadOnlySpan<byte> buffer)
    {
        var sent = 0;
        while (sent < buffer.Length)
        {
            var now = (int)Libc.send(_socket, buffer[sent..], (nuint)(buffer.Length - sent), Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
            if (now < 0)
            {
                ThrowUnlessLater();
                break;
            }

            sent += now;
        }

        return sent;
    }

    private async ValueTask<bool> CopySome(Stream destination, int most, CancellationToken cancellation)
    {
        await WaitToRead(cancellation).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            var count = await ReadAsync(buffer.AsMemory(0, most), cancellation).ConfigureAwait(false);
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void WaitNow(short events)
    {
        while (!Poll(events, milliseconds: -1))
        {
        }
    }

    private bool Poll(short events, int milliseconds)
    {
        var isHeld = false;
        try
        {
            _socket.DangerousAddRef(ref isHeld);
            Span<Libc.PollFd> polled = [new Libc.PollFd { fd = _socket.Descriptor, events = events }];
            return Libc.poll(polled, 1, milliseconds) > 0;
        }
        finally
        {
            if (isHeld)
            {
                _socket.DangerousRelease();
            }
        }
    }
}
