using Microsoft.Win32.SafeHandles;

namespace SuperServer.Interop;

/// <summary>
/// A descriptor that we own for longer than one call. Accepted sockets are plain numbers instead: they live for a few system
/// calls, and the accept path allocates nothing it can avoid.
/// </summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    public FileDescriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>The number itself, for the poller's table and the spawn call. Valid as long as this object is.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
