using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>A call about a socket that failed: its name, its errno, and what helps, if that is special to the call.</summary>
internal sealed record Fault(string Call, int Error, string Remedy = "")
{
    public static Fault Last(string call) => new(call, Errno.Last);

    public override string ToString() => $"{Call}: {Errno.Say(Error)}{Remedy}";
}
