using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>Addresses that may be posted to: over TLS, or to this very host.</summary>
internal static class WebAddress
{
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && IsSafe(address)
            && address is { UserInfo: "", Fragment: "" } && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? address
            : null;

    private static bool IsSafe(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && IsLoopback(address));

    private static bool IsLoopback(Uri address) =>
        address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var literal) && IPAddress.IsLoopback(literal));
}
