using SuperServer.Accepting;

namespace SuperServer;

/// <summary>The part about becoming another program in place.</summary>
internal sealed partial class Dispatcher
{
    private bool _isUpgrading;

    private void BeginUpgrade() => _isUpgrading = false;

    private void Punish(Service service, Peer? peer, int? exitCode) => _ = (service, peer, exitCode, _agenda);
}
