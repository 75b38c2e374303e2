using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Visits;

namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>
/// Listens to a client without taking anything from the socket (MSG_PEEK), and takes what was understood to the byte. The daemon and
/// then a program go on with this socket, so its flags are left as they are (MSG_DONTWAIT).
/// </summary>
/// <param name="read">What the words mean.</param>
/// <param name="longest">As many bytes as <paramref name="read"/> ever needs.</param>
internal sealed class FirstWords(Reader read, int longest)
{
    private const int Ended = Libc.EPOLLRDHUP | (ushort)Libc.POLLHUP | (ushort)Libc.POLLERR;

    private readonly byte[] _words = new byte[longest];

    /// <param name="socket">The client's.</param>
    /// <param name="events">What the poller has said of it: by reading, an end is not seen as long as words lie before it.</param>
    public Reading Hear(int socket, short events)
    {
        var got = (int)Libc.recv(socket, _words, (nuint)_words.Length, Libc.MSG_PEEK | Libc.MSG_DONTWAIT);
        if (got < 0 && Errno.Last is not (Errno.EAGAIN or Errno.EINTR))
        {
            return new Reading.Wrong(Failure.Closed);
        }

        var hasEnded = got == 0 || (events & Ended) != 0;
        var reading = got > 0 ? read(_words.AsSpan(0, got)) : Reading.Incomplete;
        return hasEnded && reading == Reading.Incomplete ? new Reading.Wrong(Failure.Closed) : reading;
    }

    /// <summary>Takes the first bytes, which have been heard; false when the client has reset the connection since.</summary>
    public bool Take(int socket, int length)
    {
        while (length > 0)
        {
            var got = (int)Libc.recv(socket, _words, (nuint)length, Libc.MSG_DONTWAIT);
            if (got <= 0)
            {
                return false;
            }

            length -= got;
        }

        return true;
    }
}
