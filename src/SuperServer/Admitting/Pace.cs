using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>How fast clients have come to one service, all together and each source by itself.</summary>
internal sealed class Pace
{
    private ServiceLimits _limits = new();

    /// <summary>What a reload says holds from the next client on.</summary>
    public void Amend(ServiceLimits limits) => _limits = limits;

    public override string ToString() => $"{_limits.Rate}";
}
