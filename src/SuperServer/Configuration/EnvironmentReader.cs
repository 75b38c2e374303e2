using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Reads <c>env</c>: the variables of [defaults] first, each of which a service may set anew. The names by which a child learns
/// about its connection are the daemon's: nobody else sets them.
/// </summary>
internal static class EnvironmentReader
{
    private static readonly string[] _protocols = ["TCP", "UDP", "IPC", "VSOCK", "PROXY"];

    private static readonly string[] _facts =
    [
        "REMOTEIP", "REMOTEPORT", "LOCALIP", "LOCALPORT", "REMOTEEUID", "REMOTEEGID", "REMOTEPID", "REMOTEPATH", "LOCALPATH",
        "REMOTECID", "LOCALCID",
    ];

    public static List<EnvironmentVariable> Read(TableReader table, TableReader? defaults)
    {
        var variables = defaults is null ? [] : Read(defaults, null);
        if (table.Table("env", "env", "as in { LANG = \"C\" }") is not { } env)
        {
            return variables;
        }

        foreach (var entry in env.Map.Entries)
        {
            if (WhyNotName(entry.Key) is { } why)
            {
                table.Report(entry.Place, why);
            }
            else if (env.Find(entry.Key, Values.AnyText) is { } text)
            {
                variables.RemoveAll(variable => variable.Name == entry.Key);
                variables.Add(new EnvironmentVariable(entry.Key, text.Value));
            }
        }

        return variables;
    }

    private static string? WhyNotName(string name) =>
        !IsName(name) ? $"{Printable.Quoted(name)} cannot be the name of a variable: letters, digits and '_', no digit first"
        : IsOurs(name) ? $"'{name}' is set by the daemon itself, from the connection: choose another name"
        : null;

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private static bool IsOurs(string name) =>
        name == "PROTO"
        || name.StartsWith("REMOTE_", StringComparison.Ordinal)
        || name.StartsWith("SUPERSERVER_", StringComparison.Ordinal)
        || Array.Exists(_protocols, protocol =>
            name.StartsWith(protocol, StringComparison.Ordinal) && _facts.Contains(name[protocol.Length..]));
}
