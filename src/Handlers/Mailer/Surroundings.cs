using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>What the daemon tells us through the environment.</summary>
/// <param name="Daemon">The pid of the daemon that started us; null when somebody did by hand.</param>
internal sealed record Surroundings(string Spool, string Store, string Host, string Options, int? Daemon)
{
    /// <summary>The path of the mailer's own bell, for commands that ring it.</summary>
    public string? Bell { get; init; }

    /// <summary>The services that record alerts, as JSON; for commands.</summary>
    public string Tripwires { get; init; } = "[]";

    /// <summary>Where the entries of <c>ignore</c> stand, in their order; for commands.</summary>
    public IReadOnlyList<string> IgnoredAt { get; init; } = [];

    /// <summary>Null when something is missing; <paramref name="missing"/> then names it.</summary>
    public static Surroundings? Read(Func<string, string?> variable, out string missing)
    {
        string[] needed = ["SUPERSERVER_SPOOL", "SUPERSERVER_STORE", "SUPERSERVER_OPTIONS"];
        missing = string.Join(", ", needed.Where(name => string.IsNullOrEmpty(variable(name))));
        return missing.Length > 0
            ? null
            : new Surroundings(
                variable(needed[0])!,
                variable(needed[1])!,
                variable("SUPERSERVER_HOST") is { Length: > 0 } host ? host : Environment.MachineName,
                variable(needed[2])!,
                int.TryParse(variable("SUPERSERVER_PID"), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null)
            {
                Bell = variable("SUPERSERVER_ALERT_SOCKET"),
                IgnoredAt = variable("SUPERSERVER_IGNORED_AT") is { Length: > 0 } places ? places.Split('\n') : [],
                Tripwires = variable("SUPERSERVER_TRIPWIRES") is { Length: > 0 } tripwires ? tripwires : "[]",
            };
    }
}
