using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Launching;

namespace SuperServer;

/// <summary>A connection that is being served: who it is, as whom it counts, and by which child.</summary>
internal sealed record Connection(ConnectionId Id, Peer Peer, Source Source, Child Child, TimeSpan Since);
