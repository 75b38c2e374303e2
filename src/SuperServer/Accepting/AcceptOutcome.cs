using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>What accept can mean. Each meaning has one answer in the Dispatcher; there is no "try again and hope".</summary>
internal enum AcceptOutcome
{
    /// <summary>A client is in.</summary>
    Accepted,

    /// <summary>The backlog is empty: wait for the poller.</summary>
    NothingWaiting,

    /// <summary>This client is gone or its network failed; the next one may be fine (accept(2): treat these like EAGAIN).</summary>
    PeerGone,

    /// <summary>We or the machine have no descriptor or memory left: rest, for the client is still waiting and would spin us.</summary>
    OutOfResources,

    /// <summary>The listener itself cannot accept any more: it must be opened anew.</summary>
    ListenerBroken,
}

/// <summary>Sorts the errors of accept4(2).</summary>
internal static class AcceptErrors
{
    public static AcceptOutcome FromErrno(int errno) => errno switch
    {
        Errno.EAGAIN => AcceptOutcome.NothingWaiting,
        Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM => AcceptOutcome.OutOfResources,
        Errno.EINTR or Errno.ECONNABORTED or Errno.EPROTO or Errno.EPERM or Errno.ETIMEDOUT
            or Errno.ENETDOWN or Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EOPNOTSUPP => AcceptOutcome.PeerGone,
        _ => AcceptOutcome.ListenerBroken,
    };
}
