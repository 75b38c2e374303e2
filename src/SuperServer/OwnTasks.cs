using SuperServer.Configuration;

namespace SuperServer;

/// <summary>Programs of our own that the daemon starts for itself, in the form in which services have theirs.</summary>
/// <param name="Rehearsal">Whoever is to take the daemon's place, asked whether it can read the configuration.</param>
/// <param name="Resolver">Who asks for the names of clients.</param>
/// <param name="Porter">Whoever works in a vestibule, but for what he does there.</param>
internal sealed record OwnTasks(ServiceDefinition Rehearsal, ServiceDefinition Resolver, ServiceDefinition Porter);
