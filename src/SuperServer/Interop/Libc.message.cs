using System.Runtime.InteropServices;

namespace SuperServer.Interop;

internal static unsafe partial class Libc
{
    public const int SCM_RIGHTS = 1;
    public const int SHUT_WR = 1;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int socketpair(int domain, int type, int protocol, int* ends);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint sendmsg(int socket, msghdr* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int shutdown(int socket, int how);

    /// <summary>Sends a message and, if it is one, a descriptor with it (unix(7), SCM_RIGHTS). False, and errno says why.</summary>
    public static bool SendWithDescriptor(int socket, ReadOnlySpan<byte> text, int descriptor)
    {
        fixed (byte* bytes = text)
        {
            var part = new iovec { iov_base = bytes, iov_len = (nuint)text.Length };
            var control = new rights { cmsg_len = rights.Length, cmsg_level = SOL_SOCKET, cmsg_type = SCM_RIGHTS, descriptor = descriptor };
            var message = new msghdr { msg_iov = &part, msg_iovlen = 1 };
            if (descriptor >= 0)
            {
                message.msg_control = &control;
                message.msg_controllen = (nuint)sizeof(rights);
            }

            return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
        }
    }

    /// <summary>iovec(3type).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct iovec
    {
        public void* iov_base;
        public nuint iov_len;
    }

    /// <summary>struct msghdr (sendmsg(2)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct msghdr
    {
        public void* msg_name;
        public uint msg_namelen;
        public iovec* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    /// <summary>A control message that carries one descriptor (cmsg(3)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct rights
    {
        /// <summary>CMSG_LEN(sizeof(int)): the padding behind the descriptor does not count.</summary>
        public const int Length = 20;

        public nuint cmsg_len;
        public int cmsg_level;
        public int cmsg_type;
        public int descriptor;
        public int padding;
    }
}
