using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// Admission as a pure question: a definition and numbers go in, the first objection or null comes out. No socket, no clock,
/// no log. How many children live is counted by whoever asks, from the children themselves.
/// </summary>
internal static class Gate
{
    /// <summary>
    /// Whether the service's sockets should be watched at all: a full service that lets its clients queue stops accepting, and
    /// the kernel's backlog keeps them until a place is free.
    /// </summary>
    public static bool HasRoomFor(ServiceDefinition service, int living) =>
        living < service.MaxConnections || service.Overflow != Overflow.Queue;

    /// <summary>The objection to one more child, or null.</summary>
    public static Refusal? Consider(ServiceDefinition service, int living) =>
        living < service.MaxConnections ? null : new("max_connections", service.MaxConnections, service.MaxConnectionsSetAt);
}
