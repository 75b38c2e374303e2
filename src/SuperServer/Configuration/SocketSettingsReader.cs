using System.Globalization;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads the keys that are options of a service's sockets.</summary>
internal static class SocketSettingsReader
{
    /// <summary>IFNAMSIZ and TCP_CA_NAME_MAX, without the closing NUL.</summary>
    private const int LongestName = 15;

    private static readonly Func<TomlNode, Reading<int>> _sizes = Values.Size(1 << 10, 1 << 30);

    /// <summary>The kernel takes a few minutes more (tcp(7)).</summary>
    private static readonly Func<TomlNode, Reading<TimeSpan>> _silences =
        Values.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(9));

    private static readonly Func<TomlNode, Reading<TimeSpan>> _hesitations =
        Values.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    public static SocketKeys Read(TableReader table, HostFacts host) => new()
    {
        Settings = new SocketSettings
        {
            NoDelay = table.Find("nodelay", Values.Flag)?.Value,
            KeepAlive = ReadKeepAlive(table) ?? new KeepAlive(IsOn: true),
            SendBuffer = Number(table.Find("send_buffer", _sizes)),
            ReceiveBuffer = Number(table.Find("receive_buffer", _sizes)),
            DeferAccept = table.Find("defer_accept", _hesitations)?.Value,
            FreeBind = table.Optional("freebind", Values.Flag, false),
            Transparent = table.Optional("transparent", Values.Flag, false),
            Mark = table.Find("mark", Mark)?.Value,
            Tos = Number(table.Find("tos", Values.WholeNumber(0, 255))),
            Ttl = Number(table.Find("ttl", Values.WholeNumber(1, 255))),
            Congestion = table.Find("congestion", ShortName)?.Value,
            Owner = Id(table, "socket_user", "user", name => host.UserByName(name)?.Uid),
            Group = Id(table, "socket_group", "group", name => host.GroupByName(name)?.Gid),
            Mode = Number(table.Find("socket_mode", Values.Mask)),
        },
        IsMultipath = table.Optional("mptcp", Values.Flag, false),
        IsV6Only = table.Optional("v6only", Values.Flag, true),
        SharesPort = table.Optional("reuse_port", Values.Flag, false),
        Device = table.Find("device", ShortName)?.Value,
    };

    private static int? Number(Placed<int>? number) => number?.Value;

    // A flag, or a table of its own: [defaults] has one as a whole, or the service has.
    private static KeepAlive? ReadKeepAlive(TableReader table)
    {
        var node = table.Find("keepalive", FlagOrTable);
        if (node?.Value is not TomlMap)
        {
            return node is null ? null : new KeepAlive(((TomlFlag)node.Value).Value);
        }

        var keepAlive = table.InheritedTable("keepalive", "'keepalive'", "as in { idle = \"2h\" }")!;
        var settings = new KeepAlive(
            IsOn: true,
            keepAlive.Find("idle", _silences)?.Value,
            keepAlive.Find("interval", _silences)?.Value,
            Number(keepAlive.Find("count", Values.WholeNumber(1, 127))));
        keepAlive.RefuseTheRest();
        return settings;
    }

    private static Reading<TomlNode> FlagOrTable(TomlNode node) => node is TomlFlag or TomlMap
        ? node
        : new Objection($"must be true, false or a table as in {{ idle = \"2h\" }}, not {node.Description}");

    private static Reading<uint> Mark(TomlNode node) => node is TomlNumber { Value: >= 0 and <= uint.MaxValue } number
        ? (uint)number.Value
        : new Objection($"must be a number from 0 to {uint.MaxValue}, not {node.Description}");

    private static Reading<string> ShortName(TomlNode node) => Values.Text(node) switch
    {
        { Value: { } name } when name.Length > LongestName || !name.All(letter => letter is > ' ' and < '\x7f' and not '/') =>
            new Objection($"must be a name of at most {LongestName} letters, not {node.Description}"),
        var reading => reading,
    };

    private static uint? Id(TableReader table, string key, string what, Func<string, uint?> find)
    {
        if (table.Find(key, Values.NameOrNumber) is not { } name)
        {
            return null;
        }

        var isNumber = uint.TryParse(name.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number != uint.MaxValue;
        var id = find(name.Value) ?? (isNumber ? number : null);
        if (id is null)
        {
            table.Report(name.Place, $"there is no {what} {Printable.Quoted(name.Value)}: create it, or name another one");
        }

        return id;
    }
}
