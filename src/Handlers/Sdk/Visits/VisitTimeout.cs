using System.Buffers.Text;

namespace SuperServer.Handlers.Visits;

/// <summary>VISIT_TIMEOUT_MS, which the daemon sends with a visit beside the variables that every program gets.</summary>
internal static class VisitTimeout
{
    private static readonly TimeSpan _usual = TimeSpan.FromSeconds(10);

    /// <summary>How long the client has for his first words.</summary>
    public static TimeSpan Of(in PoolConnection connection) =>
        Utf8Parser.TryParse(connection.Variable("VISIT_TIMEOUT_MS"u8), out int milliseconds, out _) && milliseconds > 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : _usual;
}
