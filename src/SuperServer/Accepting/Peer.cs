using System.Runtime.CompilerServices;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// Who is at the other end, taken at accept: a client that resets at once has no name any more when the child asks. Either an
/// Internet address and port, or the credentials of a local process, or a virtual machine and its port.
/// </summary>
internal readonly record struct Peer
{
    /// <summary>Most clients of a Unix socket have none.</summary>
    public SocketName Name { get; private init; }

    /// <summary>Process, user and group of the client of a Unix socket (SO_PEERCRED); the pid is 0 when the kernel tells none.</summary>
    public Libc.ucred Credentials { get; private init; }

    public bool IsUnix { get; private init; }

    // A kernel that does not tell must not make anybody root by its silence.
    private static readonly Libc.ucred _nobody = new() { pid = 0, uid = uint.MaxValue, gid = uint.MaxValue };

    /// <summary>Of the Internet, or of a vsock.</summary>
    public static Peer Internet(SocketName name) => new() { Name = name };

    /// <summary>A process of this machine that came by a Unix socket.</summary>
    public static Peer Local(int pid, uint uid, uint gid) =>
        new() { IsUnix = true, Credentials = new Libc.ucred { pid = pid, uid = uid, gid = gid } };

    public static Peer OfUnixSocket(int socket, SocketName name)
    {
        Libc.ucred credentials = default;
        var length = (uint)Unsafe.SizeOf<Libc.ucred>();
        return Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_PEERCRED, ref credentials, ref length) == 0
            ? new() { IsUnix = true, Name = name, Credentials = credentials }
            : new() { IsUnix = true, Name = name, Credentials = _nobody };
    }

    // The path of a Unix socket is whatever a client likes to call itself, and has no place in a log line.
    public override string ToString() => IsUnix ? $"uid={Credentials.uid} pid={Credentials.pid}" : Name.ToString();
}
