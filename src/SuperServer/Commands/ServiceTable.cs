using System.Net.Sockets;
using SuperServer.Configuration;

namespace SuperServer.Commands;

/// <summary>The services of a configuration as a table that a human reads in columns, in the order of the file.</summary>
internal static class ServiceTable
{
    /// <summary>The last column ends here; what does not fit is cut, for a command line can be as long as it likes.</summary>
    private const int Width = 130;

    private const int LeastProgramWidth = 60;

    private const string Gap = "  ";

    public static void Write(ServerConfiguration configuration, TextWriter output)
    {
        string[] header = ["NAME", "LISTEN", "MODE", "USER", "PROGRAM"];
        var rows = configuration.Services.Select(service => Row(service, ""))
            .Concat(configuration.Disabled.Select(service => Row(service, " (disabled)")))
            .Prepend(header)
            .ToList();
        var widths = Enumerable.Range(0, header.Length - 1).Select(column => rows.Max(row => row[column].Length)).ToList();
        var rest = Math.Max(LeastProgramWidth, Width - widths.Sum() - (widths.Count * Gap.Length));
        foreach (var row in rows)
        {
            var cells = row.SkipLast(1).Select((cell, column) => cell.PadRight(widths[column]))
                .Append(Printable.Cut(row[^1], rest));
            output.WriteLine(string.Join(Gap, cells).TrimEnd());
        }
    }

    private static string[] Row(ServiceDefinition service, string mark) =>
    [
        service.Name + mark,
        Printable.Escaped(string.Join(' ', EndpointList.Compact(Written(service.Listen)))),
        service.Way,
        Printable.Escaped($"{service.Identity.User}:{service.Identity.Group}"),
        Printable.Escaped(CommandLine(service)),
    ];

    /// <summary>The program, then its arguments; argv[0] only when it is not what the program's path says.</summary>
    private static string CommandLine(ServiceDefinition service)
    {
        var isUsual = service.Arguments[0] == Path.GetFileName(service.Program);
        var arguments = string.Join(' ', service.Arguments.Skip(1).Select(Argument));
        return $"{service.Program}{(isUsual ? "" : $" [{service.Arguments[0]}]")} {arguments}".TrimEnd();
    }

    private static string Argument(string argument) =>
        argument.Length > 0 && !argument.Contains(' ', StringComparison.Ordinal) ? argument : $"'{argument}'";

    /// <summary>As somebody would write them: two sockets that one word opens are one word.</summary>
    public static IEnumerable<string> Written(ValueList<Endpoint> endpoints) =>
        from endpoint in endpoints
        where !(endpoint.MayBeMissing && endpoints.Any(other => IsTwin(endpoint, other)))
        let isPair = endpoints.Any(other => other.MayBeMissing && IsTwin(other, endpoint))
        select !endpoint.IsWildcard ? endpoint.ToString()
            : $"{Scheme(endpoint)}{(isPair ? "" : Family(endpoint))}:{endpoint.Address!.Port}";

    private static bool IsTwin(Endpoint missing, Endpoint other) =>
        other.IsWildcard && missing.IsWildcard && missing.Transport == other.Transport
        && missing.Address!.Port == other.Address!.Port
        && missing.Address.AddressFamily != other.Address.AddressFamily;

    private static string Scheme(Endpoint endpoint) => endpoint.Transport == Transport.Udp ? "udp" : "tcp";

    private static string Family(Endpoint endpoint) => endpoint.Address!.AddressFamily == AddressFamily.InterNetwork ? "4" : "6";
}
