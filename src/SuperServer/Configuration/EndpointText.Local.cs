using System.Globalization;
using System.Text;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>The part about sockets that are not of the Internet.</summary>
internal sealed partial class EndpointText
{
    /// <summary>Everything between the colons of LISTEN_FDNAMES (sd_listen_fds(3)).</summary>
    private const int LongestName = 255;

    private static Reading<ValueList<Endpoint>> Unix(Scheme scheme, string path)
    {
        if (path is ['@', _, ..])
        {
            return Fits(path) ? One(new Endpoint { Transport = scheme.Transport, Path = path }) : TooLong(path);
        }

        if (path is not ['/', .., not '/'])
        {
            var text = Printable.Quoted($"{scheme.Name}:{path}");
            return new Objection($"{text} needs an absolute path, as in '{scheme.Name}:/run/x.sock', or an abstract name, "
                + $"as in '{scheme.Name}:@x'");
        }

        return Fits(path) ? One(new Endpoint { Transport = scheme.Transport, Path = Path.GetFullPath(path) }) : TooLong(path);
    }

    private static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= LongestPath;

    private static Objection TooLong(string path) =>
        new($"{Printable.Quoted(path)} is longer than the {LongestPath} bytes that the path of a socket may have");

    private static Reading<ValueList<Endpoint>> Fifo(string path) => path is ['/', .., not '/']
        ? One(new Endpoint { Transport = Transport.Fifo, Path = Path.GetFullPath(path) })
        : new Objection($"{Printable.Quoted($"fifo:{path}")} needs an absolute path, as in 'fifo:/run/x.fifo'");

    private static Reading<ValueList<Endpoint>> Vsock(string text, string rest)
    {
        var split = rest.IndexOf(':', StringComparison.Ordinal);
        var port = Number(rest[(split + 1)..]);
        var cid = split < 0 ? null : Number(rest[..split]);
        return port is null || (split >= 0 && cid is null)
            ? new Objection($"{Printable.Quoted(text)}: it is made of numbers, as in 'vsock:1234' or 'vsock:3:1234'")
            : One(new Endpoint { Transport = Transport.Vsock, Vsock = new VsockAddress(cid, port.Value) });
    }

    /// <summary>A name of RFC 1078; a plus says that tcpmux is to answer for the program.</summary>
    private static Reading<ValueList<Endpoint>> Tcpmux(string text, string rest)
    {
        var name = rest.StartsWith('+') ? rest[1..] : rest;
        return name.Length is 0 or > TcpmuxName.Longest || !name.All(letter => letter is > ' ' and <= '~' and not ('"' or '\\'))
            ? new Objection($"{Printable.Quoted(text)} needs a name of at most {TcpmuxName.Longest} printable ASCII characters, as in 'tcpmux:whoami' or 'tcpmux:+whoami'")
            : string.Equals(name, "help", StringComparison.OrdinalIgnoreCase)
            ? new Objection($"{Printable.Quoted(text)}: whoever asks for 'help' is told the names of all services; choose another name")
            : One(new Endpoint { Transport = Transport.Tcpmux, Tcpmux = new TcpmuxName(name.ToLowerInvariant(), rest.Length > name.Length) });
    }

    /// <summary>The largest means "any" to the kernel.</summary>
    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != uint.MaxValue
            ? number
            : null;

    /// <summary>A name of LISTEN_FDNAMES, and which one of those that have it.</summary>
    private static Reading<ValueList<Endpoint>> Handed(Scheme scheme, string text, string rest)
    {
        var split = rest.IndexOf(':', StringComparison.Ordinal);
        var (name, which) = split < 0 ? (rest, 1) : (rest[..split], Number(rest[(split + 1)..]));
        if (name.Length is 0 or > LongestName || !name.All(letter => char.IsAscii(letter) && !char.IsControl(letter)))
        {
            return new Objection($"{Printable.Quoted(text)} needs a name of LISTEN_FDNAMES, as in '{scheme.Name}:web'");
        }

        return which is null or 0
            ? new Objection($"{Printable.Quoted(text)}: the second socket of that name is '{scheme.Name}:{name}:2'")
            : One(new Endpoint { Transport = scheme.Transport, HandedName = which == 1 ? name : $"{name}:{which}" });
    }
}
