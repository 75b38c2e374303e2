namespace SuperServer.Configuration;

/// <summary>
/// What a reload has to do, as the difference between two configurations. A service in none of the lists did not change and
/// never notices. Services are recognised by their names.
/// </summary>
/// <param name="Added">Services that were not there.</param>
/// <param name="Removed">Services that are gone, as they were.</param>
/// <param name="Rebound">Services whose endpoints or mode changed, as they are now.</param>
/// <param name="Amended">Services of which anything else changed, as they are now: it applies from the next start on.</param>
internal sealed record ConfigurationChanges(
    ValueList<ServiceDefinition> Added, ValueList<ServiceDefinition> Removed,
    ValueList<ServiceDefinition> Rebound, ValueList<ServiceDefinition> Amended)
{
    public bool IsNone => Added.Count + Removed.Count + Rebound.Count + Amended.Count == 0;

    public static ConfigurationChanges Between(ServerConfiguration old, ServerConfiguration now)
    {
        var before = old.Services.ToDictionary(service => service.Name, StringComparer.Ordinal);
        var after = now.Services.Select(service => service.Name).ToHashSet(StringComparer.Ordinal);
        var changed = now.Services.Where(service => before.TryGetValue(service.Name, out var was) && was != service).ToList();
        return new ConfigurationChanges(
            Added: [.. now.Services.Where(service => !before.ContainsKey(service.Name))],
            Removed: [.. old.Services.Where(service => !after.Contains(service.Name))],
            Rebound: [.. changed.Where(service => IsElsewhere(before[service.Name], service))],
            Amended: [.. changed.Where(service => !IsElsewhere(before[service.Name], service))]);
    }

    private static bool IsElsewhere(ServiceDefinition was, ServiceDefinition now) =>
        was.Listen != now.Listen || was.Mode != now.Mode;
}
