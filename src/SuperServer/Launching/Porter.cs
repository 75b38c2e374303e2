using SuperServer.Interop;

namespace SuperServer.Launching;

/// <summary>
/// The process of one part of a vestibule: a child, and the socket on which it gets visitors and says what became of them. It
/// knows the ids that it has; who they are is the dispatcher's business.
/// </summary>
internal sealed class Porter(Child child, int socket) : IDisposable
{
    /// <summary>So few messages find room in any socket.</summary>
    private const int Few = 16;

    private readonly HashSet<long> _visits = [];

    // Its word of them has been taken, and what it still has is a connection that it carries.
    private readonly HashSet<long> _carried = [];

    public Child Child { get; } = child;

    /// <summary>Our end; -1 once it is closed, which tells the process to finish what it has and to end.</summary>
    public int Socket { get; private set; } = socket;

    /// <summary>Visits of which it has said nothing yet.</summary>
    public int Visits => _visits.Count;

    /// <summary>TLS connections that it carries.</summary>
    public int Carried => _carried.Count;

    /// <summary>It has been of use.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>It gets no more visitors.</summary>
    public bool IsRetiring { get; set; }

    /// <summary>It gets no more until it has read what it has been given.</summary>
    public bool IsCatchingUp { get; set; }

    /// <summary>It has closed its end.</summary>
    public bool HasHungUp { get; private set; }

    /// <summary>As a worker of a pool is: it has left so much unread that another message might find no room.</summary>
    public bool IsBehind
    {
        get
        {
            var polled = new Libc.pollfd { fd = Socket, events = Libc.POLLOUT };
            return _visits.Count >= Few && Socket >= 0 && Libc.poll(ref polled, 1, 0) == 0;
        }
    }

    /// <summary>Shows a visitor in. False, and errno.</summary>
    public bool TryHand(ConnectionId id, ReadOnlySpan<byte> variables, int client, int program = -1)
    {
        if (!Libc.SendWithDescriptor(Socket, variables, client, program))
        {
            return false;
        }

        _visits.Add(id.Number);
        return true;
    }

    /// <summary>
    /// Reads one message. False when there is none, or the process has closed its end. No answer and true: it has said what it
    /// must not say, and is not to be believed any more.
    /// </summary>
    public unsafe bool TryHear(out VestibuleAnswer? answer)
    {
        answer = null;
        var bytes = stackalloc byte[VestibuleAnswer.LongestMessage];
        var length = Libc.read(Socket, bytes, VestibuleAnswer.LongestMessage);
        if (length <= 0)
        {
            HasHungUp = length == 0;
            return false;
        }

        if (VestibuleAnswer.Parse(new ReadOnlySpan<byte>(bytes, (int)length)) is { } parsed && Accept(parsed))
        {
            (answer, HasAnswered) = (parsed, true);
        }

        return true;
    }

    /// <summary>Closes our end.</summary>
    public void Dismiss()
    {
        IsRetiring = true;
        if (Socket >= 0)
        {
            _ = Libc.close(Socket);
            Socket = -1;
        }
    }

    public void Dispose() => Dismiss();

    /// <summary>Only of visits that it has, and only once: but whom it carries it has until it says that he has gone.</summary>
    private bool Accept(VestibuleAnswer answer)
    {
        var number = answer.Id.Number;
        if (!_visits.Remove(number))
        {
            return answer is VestibuleAnswer.Done or VestibuleAnswer.Bad && _carried.Remove(number);
        }

        if (answer is VestibuleAnswer.Ready)
        {
            _carried.Add(number);
        }

        return true;
    }
}
