using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SuperServer.Handlers.Connect;

/// <summary>Finds the way to a host: every address that its name has, one after the other, until one takes the connection.</summary>
internal sealed class Reach(ConnectWishes wishes, Action<string> tell)
{
    private readonly List<string> _failures = [];
    private bool _onlyTimeouts = true;
    private bool _wasReset;

    /// <summary>A connected socket, or why there is none.</summary>
    public (Socket? Socket, ConnectFailure? Failure) Connect()
    {
        if (wishes.UnixPath is { } path)
        {
            var name = path.StartsWith('@') ? $"\0{path[1..]}" : path;
            return Encodes(name)
                ? First([new UnixDomainSocketEndPoint(name)])
                : (null, new ConnectFailure(ConnectExit.Usage, $"'{path}' is no path of a socket: it has 1 to 107 bytes"));
        }

        var addresses = Addresses(out var why);
        return addresses.Count == 0 ? (null, why) : First(addresses.Select(EndPoint (address) => new IPEndPoint(address, wishes.Port)));
    }

    private static bool Encodes(string path) => Encoding.UTF8.GetByteCount(path) is > 0 and <= 107;

    private List<IPAddress> Addresses(out ConnectFailure? why)
    {
        var family = wishes.IsVersion4 ? AddressFamily.InterNetwork
            : wishes.IsVersion6 ? AddressFamily.InterNetworkV6
            : wishes.Source?.AddressFamily ?? AddressFamily.Unspecified;
        var kind = family switch { AddressFamily.InterNetwork => "IPv4 ", AddressFamily.InterNetworkV6 => "IPv6 ", _ => "" };
        why = new ConnectFailure(ConnectExit.NoHost, $"'{wishes.Host}' has no {kind}address");
        try
        {
            return [.. Dns.GetHostAddresses(wishes.Host, family).Distinct()];
        }
        catch (SocketException e)
        {
            why = e.SocketErrorCode == SocketError.TryAgain
                ? new ConnectFailure(ConnectExit.Timeout, $"the name servers do not answer for '{wishes.Host}' at the moment")
                : new ConnectFailure(ConnectExit.NoHost, $"there is no host '{wishes.Host}', or nobody tells its {kind}address");
        }
        catch (ArgumentException)
        {
            why = new ConnectFailure(ConnectExit.NoHost, $"'{wishes.Host}' cannot be the name of a host");
        }

        return [];
    }

    private (Socket? Socket, ConnectFailure? Failure) First(IEnumerable<EndPoint> addresses)
    {
        foreach (var address in addresses)
        {
            if (Try(address) is { } socket)
            {
                return (socket, null);
            }
        }

        return (null, new ConnectFailure(
            _onlyTimeouts ? ConnectExit.Timeout : _wasReset ? ConnectExit.Protocol : ConnectExit.Unreachable, string.Join('\n', _failures)));
    }

    private Socket? Try(EndPoint address)
    {
        var isUnix = address.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(
            address.AddressFamily, wishes.Udp ? SocketType.Dgram : SocketType.Stream,
            isUnix ? ProtocolType.Unspecified : wishes.Udp ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            if (wishes.Source is { } source)
            {
                socket.Bind(new IPEndPoint(source, 0));
            }

            using var patience = new CancellationTokenSource(wishes.Timeout);
            socket.ConnectAsync(address, patience.Token).AsTask().GetAwaiter().GetResult();
            tell($"connected to {Shown(address)}" + (isUnix ? "" : $" from {socket.LocalEndPoint}"));
            return socket;
        }
        catch (SocketException e)
        {
            _wasReset = e.SocketErrorCode == SocketError.ConnectionReset;       // it came about, and was over before we looked
            Remember(address, SocketWords.Of(e.SocketErrorCode), e.SocketErrorCode == SocketError.TimedOut);
        }
        catch (OperationCanceledException)
        {
            Remember(address, $"no answer within {wishes.Timeout.TotalSeconds} s", isTimeout: true);
        }

        socket.Dispose();
        return null;
    }

    private void Remember(EndPoint address, string why, bool isTimeout)
    {
        _onlyTimeouts &= isTimeout;
        _failures.Add($"{Shown(address)}: {why}");
    }

    private string Shown(EndPoint address) => wishes.UnixPath ?? address.ToString()!;
}
