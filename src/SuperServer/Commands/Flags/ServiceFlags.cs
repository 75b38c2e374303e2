namespace SuperServer.Commands.Flags;

/// <summary>The flags that say what the keys of a <c>[service.NAME]</c> table say (docs/configuration.md), in its own words.</summary>
internal static class ServiceFlags
{
    /// <summary>Not a key of the table but a path or a name that leads to the program.</summary>
    public static Flag Handler { get; } = new(
        "--handler", "NAME", "Start this handler (such as echo) instead of a program; a path to one of your own will do, too.");

    public static Flag Option { get; } = new(
        "--option", "KEY=VALUE", "An option for the handler, as in [service.NAME.options].")
    { Repeats = true, Short = "-o" };

    public static Flag Variable { get; } = new(
        "--env", "NAME[=VALUE]", "A variable for the program; without a value, the one that you have.")
    { Repeats = true, Short = "-E" };

    public static Flag Directory { get; } = new("--cwd", "DIR", "Where the program starts; the directory you are in.");

    public static Flag Setting { get; } = new(
        "--set", "KEY=VALUE", "Any other key that a [service.NAME] table has (docs/configuration.md).")
    { Repeats = true };

    /// <summary>The flags that are a key each.</summary>
    public static IReadOnlyList<Flag> Keys { get; } =
    [
        new("--user", "USER[:GROUP]", "Who the program runs as. Started by root it is nobody, else you.") { Short = "-u" },
        new("--group", "GROUP", "Its group, when it is not the user's own.") { Short = "-g" },
        new("--mode", "nowait|wait|pool", "What the program finds on descriptor 0: a client, the socket itself, or clients one after the other.") { Short = "-m" },
        new("--max-connections", "N", "So many clients at once; the others wait."),
        new("--max-per-source", "N", "So many of one address at once."),
        new("--rate", "N/s|min|h", "So many new clients in a time."),
        new("--rate-per-source", "N/s|min|h", "So many of one address in a time."),
        new("--allow", "NET", "Only these may come: an address, a network, the name of a host, .domain.") { Repeats = true },
        new("--deny", "NET", "These may not.") { Repeats = true },
        new("--max-runtime", "TIME", "End a program that runs longer: 90s, 5m, 2h."),
        new("--backlog", "N", "So many may wait to be accepted.") { Short = "-b" },
        new("--banner", "TEXT", "What every client is told first.") { Short = "-B" },
        new("--stderr", "log|socket|null", "Where the program's standard error goes; here it is shown on this terminal (log)."),
    ];

    public static IReadOnlyList<Flag> All { get; } = [Handler, .. Keys, Option, Variable, Directory, Setting];
}
