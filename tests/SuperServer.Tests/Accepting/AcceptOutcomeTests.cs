using SuperServer.Accepting;
using SuperServer.Interop;

namespace SuperServer.Tests.Accepting;

public sealed class AcceptOutcomeTests
{
    [Theory]
    [InlineData(Errno.EMFILE)]
    [InlineData(Errno.ENFILE)]
    [InlineData(Errno.ENOBUFS)]
    [InlineData(Errno.ENOMEM)]
    public void A_shortage_is_a_reason_to_rest(int errno) =>
        Assert.Equal(AcceptOutcome.OutOfResources, AcceptErrors.FromErrno(errno));

    [Theory]
    [InlineData(Errno.EINTR)]
    [InlineData(Errno.ECONNABORTED)]
    [InlineData(Errno.EPROTO)]
    [InlineData(Errno.ENETUNREACH)]
    public void A_client_that_has_gone_is_nobodys_fault(int errno) =>
        Assert.Equal(AcceptOutcome.PeerGone, AcceptErrors.FromErrno(errno));

    [Fact]
    public void An_empty_backlog_is_no_error() =>
        Assert.Equal(AcceptOutcome.NothingWaiting, AcceptErrors.FromErrno(Errno.EAGAIN));

    [Theory]
    [InlineData(9)]    // EBADF
    [InlineData(22)]   // EINVAL
    [InlineData(88)]   // ENOTSOCK
    public void Anything_else_means_that_the_listener_is_broken(int errno) =>
        Assert.Equal(AcceptOutcome.ListenerBroken, AcceptErrors.FromErrno(errno));
}
