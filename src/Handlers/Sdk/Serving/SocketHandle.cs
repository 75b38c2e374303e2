using Microsoft.Win32.SafeHandles;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Serving;

/// <summary>A socket that is closed when nobody is in a call with it any more: its number never means another one.</summary>
internal sealed class SocketHandle : SafeHandleMinusOneIsInvalid
{
    public SocketHandle(int descriptor)
        : base(ownsHandle: true) =>
        SetHandle(descriptor);

    public int Descriptor => (int)handle;

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
