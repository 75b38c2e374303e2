using System.Runtime.InteropServices;

namespace SuperServer.Interop;

internal static unsafe partial class Libc
{
    public const int SCM_RIGHTS = 1;
    public const int SHUT_WR = 1;
    public const int SHUT_RDWR = 2;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int socketpair(int domain, int type, int protocol, int* ends);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint sendmsg(int socket, msghdr* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int shutdown(int socket, int how);

    /// <summary>
    /// Sends a message and, as far as they are descriptors, one or two with it (unix(7), SCM_RIGHTS). False, and errno says why.
    /// </summary>
    public static bool SendWithDescriptor(int socket, ReadOnlySpan<byte> text, int descriptor, int second = -1)
    {
        fixed (byte* bytes = text)
        {
            var part = new iovec { iov_base = bytes, iov_len = (nuint)text.Length };
            var control = new rights
            {
                cmsg_len = (nuint)(second < 0 ? rights.Length : rights.LengthOfTwo),
                cmsg_level = SOL_SOCKET,
                cmsg_type = SCM_RIGHTS,
                descriptor = descriptor,
                second = second,
            };
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

    /// <summary>A control message that carries one descriptor, or two (cmsg(3)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct rights
    {
        /// <summary>CMSG_LEN(sizeof(int)): the padding behind the descriptor does not count.</summary>
        public const int Length = 20;

        /// <summary>CMSG_LEN(2 * sizeof(int)): the second one is where the padding was.</summary>
        public const int LengthOfTwo = 24;

        public nuint cmsg_len;
        public int cmsg_level;
        public int cmsg_type;
        public int descriptor;
        public int second;
    }
}
