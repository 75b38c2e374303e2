using System.Net;

namespace SuperServer.Handlers.Alerts;

/// <summary>One service's counter, which only grows, and the sources that were counted last.</summary>
internal sealed record OverflowCount(string Service, long Total, DateTimeOffset Last, IReadOnlyList<IPAddress> Sources);
