using System.Net.Security;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// An SslStream whose side may be ended while the other one is still read. .NET lets a read and a write run at once, but not a read and
/// <see cref="SslStream.ShutdownAsync"/>: OpenSSL works on the same connection in two threads then, and crashes now and again. Here they take turns:
/// a read has its turn but for the time in which it waits for bytes.
/// </summary>
internal sealed class OrderlyTls : SslStream
{
    private readonly Beneath _beneath;

    public OrderlyTls(Stream beneath, bool leaveInnerStreamOpen = false)
        : this(new Beneath(beneath), leaveInnerStreamOpen)
    {
    }

    private OrderlyTls(Beneath beneath, bool leaveInnerStreamOpen)
        : base(beneath, leaveInnerStreamOpen) => _beneath = beneath;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _beneath.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        _beneath.IsRead = true;
        try
        {
            return await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _beneath.IsRead = false;
            _beneath.Turn.Release();
        }
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override async Task ShutdownAsync()
    {
        await _beneath.Turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await base.ShutdownAsync().ConfigureAwait(false);
        }
        finally
        {
            _beneath.Turn.Release();
        }
    }

    /// <summary>What TLS reads from: who waits here is not at work on the connection.</summary>
    private sealed class Beneath(Stream stream) : Stream
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>A read has the turn: it is not one of the handshake, which nobody disturbs.</summary>
        public bool IsRead { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!IsRead)
            {
                return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }

            Turn.Release();
            try
            {
                return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await Turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            stream.WriteAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => stream.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => stream.Write(buffer, offset, count);

        public override void Flush() => stream.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => stream.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                stream.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
