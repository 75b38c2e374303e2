using System.Net;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Reads where something is posted to: an address, or a file that holds it for addresses that are a secret themselves, a file of secret
/// headers, and whose certificates are believed.
/// </summary>
internal sealed class WebReader(TableReader table, HostFacts host, string baseDirectory, SecretReader secrets)
{
    /// <param name="address">Where; null when it stands in a file.</param>
    /// <param name="prefix">What the other keys begin with.</param>
    public WebPlace Read(string? address, string prefix) => new()
    {
        Address = address,
        HeadersFile = secrets.Read(table, $"{prefix}headers_file", "headers"),
        AuthorityFile = new AuthorityReader(host, baseDirectory).Read(table, $"{prefix}ca_file"),
    };

    /// <summary>With <c>url</c> or <c>url_file</c>.</summary>
    public WebPlace? ReadWithAddress()
    {
        var address = table.Find("url", Address)?.Value;
        var file = secrets.Read(table, "url_file", "address");
        var place = Read(address, "") with { AddressFile = file };
        switch (table.Owns("url"), table.Owns("url_file"))
        {
            case (false, false):
                table.Report(table.Place, $"{table.Title} needs 'url': where to post, as in \"https://hooks.example.org/superserver\", or 'url_file'");
                return null;
            case (true, true):
                table.Report(table.PlaceOf("url_file"), "'url' and 'url_file' are two ways to say where to post: one of them must go");
                return null;
            default:
                return address is null && file is null ? null : place;
        }
    }

    public static Reading<string> Address(TomlNode node) => Values.Text(node) switch
    {
        { Value: { } text } => Judge(text),
        var reading => reading,
    };

    private static Reading<string> Judge(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0 || text.Any(IsForbidden)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            return new Objection($"must be an address such as \"https://hooks.example.org/superserver\", not {Printable.Quoted(text)}");
        }

        return address switch
        {
            { UserInfo.Length: > 0 } => new Objection("must not hold a name or a password: put an Authorization header into a 'headers_file'"),
            { Fragment.Length: > 0 } => new Objection("must not have a '#': that part of an address is never sent"),
            _ when address.Scheme == Uri.UriSchemeHttp && !IsLoopback(address.Host) =>
                new Objection($"must begin with https: clear text could be read on the way to {Printable.Quoted(address.Host)}"),
            _ => text,
        };
    }

    private static bool IsForbidden(char letter) => char.IsControl(letter) || char.IsWhiteSpace(letter);

    private static bool IsLoopback(string name) =>
        name == "localhost" || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
