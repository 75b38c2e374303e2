using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// The envelope of a datagram that waits: who sent it, and which of our addresses it was sent to. The datagram itself stays
/// where it is and is never read (spawn.c).
/// </summary>
internal readonly partial struct Sender
{
    private const string Library = "superspawn";

    private readonly Envelope _envelope;

    private Sender(in Envelope envelope)
    {
        _envelope = envelope;
        Name = SocketName.Read(envelope.Peer, envelope.PeerLength);
    }

    public SocketName Name { get; }

    /// <summary>The address to answer from; null when the kernel did not say, or it was sent to a group.</summary>
    public InternetAddress? Asked => _envelope.LocalFamily switch
    {
        Libc.AF_INET => InternetAddress.FromV4(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_envelope.Local)),
        Libc.AF_INET6 => InternetAddress.FromV6(_envelope.Local, Name.Address.Scope),
        _ => null,
    };

    /// <summary>The datagram at the socket's SO_PEEK_OFF, and its length; null when there is none.</summary>
    public static Sender? Peek(int socket, out int length)
    {
        length = Look(socket, out var envelope);
        return length >= 0 ? new Sender(envelope) : null;
    }

    /// <summary>From now on the socket takes datagrams of this sender only.</summary>
    public bool TryConnect(int socket) => Libc.connect(socket, _envelope.Peer, _envelope.PeerLength) == 0;

    [LibraryImport(Library, EntryPoint = "superserver_peek_sender", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int Look(int socket, out Envelope envelope);

    /// <summary>struct superserver_sender.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Envelope
    {
        public Libc.sockaddr_storage Peer;
        public uint PeerLength;
        public int LocalFamily;
        public Bits Local;
    }

    /// <summary>Room for an address of either family.</summary>
    [InlineArray(16)]
    private struct Bits
    {
        private byte _first;
    }
}
