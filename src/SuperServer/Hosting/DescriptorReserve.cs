using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// A few descriptors kept back for the client who has been accepted with the last free one: starting a child takes a pidfd,
/// and a pipe if its standard error goes to the log. Without them that client would have to be sent away; with them it is
/// served, and the next one waits in the backlog until the reserve can be filled again.
/// </summary>
internal sealed class DescriptorReserve : IDisposable
{
    private const int Size = 3;

    private readonly Stack<int> _descriptors = new(Size);

    public DescriptorReserve() => _ = TryFill();

    /// <summary>True when the reserve is whole: new clients may be accepted.</summary>
    public bool TryFill()
    {
        while (_descriptors.Count < Size)
        {
            var descriptor = Libc.open("/dev/null", Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
            if (descriptor < 0)
            {
                return false;
            }

            _descriptors.Push(descriptor);
        }

        return true;
    }

    /// <summary>Gives all of it up. False when there was nothing left to give.</summary>
    public bool Release()
    {
        var hadSome = _descriptors.Count > 0;
        while (_descriptors.TryPop(out var descriptor))
        {
            _ = Libc.close(descriptor);
        }

        return hadSome;
    }

    public void Dispose() => Release();
}
