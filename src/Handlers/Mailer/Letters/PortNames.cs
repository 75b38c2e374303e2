using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// What a port is called: by the service's name in the configuration, and besides by the host's services file where that has another
/// word. A service on a range of ports has one name for all of them; the file tells them apart.
/// </summary>
internal sealed class PortNames(ServicesFile file)
{
    private const int Longest = 40;

    public string Of(string service, string protocol, int? port)
    {
        var name = Clean.Text(service, Longest);
        if (Draft.IsUnixSocket(protocol))
        {
            return $"{name} (Unix socket)";
        }

        var known = port is { } number ? file.NameOf(number, protocol) : null;
        var besides = known is null || known.Equals(service, StringComparison.OrdinalIgnoreCase) ? "" : $" ({known})";
        var place = port is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{port}/");
        return $"{place}{Clean.Text(protocol, 10)} {name}{besides}";
    }
}
