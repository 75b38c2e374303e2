using System.Globalization;
using System.Net;

namespace SuperServer.Handlers.Connect;

/// <summary>What was asked for on the command line of <c>superserver connect</c>. One that exists makes sense.</summary>
internal sealed record ConnectWishes
{
    public const string Usage = """
        usage: superserver connect [FLAGS] HOST PORT
               superserver connect [FLAGS] --unix PATH

        Opens a connection, shows what comes, and sends what you type. The end of your input (Ctrl-D) ends your side of the
        connection; it is over when the other side has ended, too.

          -4, -6               IPv4 only, IPv6 only; else all addresses of HOST are tried
          --tls                speak TLS, and be sure who it is
          --sni NAME           the name to ask for and to be sure of, when it is not HOST
          --ca FILE            trust these certificates (PEM) and no others
          --insecure           go on when nobody knows whose certificate it is
          --udp                datagrams: each line is one
          --unix PATH          a Unix socket; @NAME for an abstract one
          --source ADDRESS     come from this address of yours
          --timeout TIME       so long each address has to answer: 10s (90s, 500ms, 2m)
          --crlf, --lf         how your lines end; as a rule CR LF when you type them, and as they are from a pipe
          --telnet             show and refuse what telnet negotiates
          --raw                control characters as they are, even on a terminal
          -v, --verbose        who was tried, who answered, whose certificate it is
          -h, --help           this

        Examples:
          superserver connect localhost 7
          superserver connect www.example.org http
          superserver connect --tls mail.example.org 993
          printf 'QUIT\r\n' | superserver connect localhost smtp
          superserver connect --unix /run/superserver/greet.sock

        Exit codes: 0 the conversation is over; 64 the command line cannot be read; 66 the file of --ca cannot; 68 there is no
        such host; 69 nobody takes the connection; 75 nobody answers in time; 76 it was reset, or TLS did not come about.

        """;

    private static readonly (string Suffix, int Milliseconds)[] _units = [("ms", 1), ("s", 1_000), ("m", 60_000)];

    public string Host { get; private set; } = "";

    public int Port { get; private set; }

    public string? UnixPath { get; private set; }

    public bool IsVersion4 { get; private set; }

    public bool IsVersion6 { get; private set; }

    public bool Tls { get; private set; }

    public bool Insecure { get; private set; }

    public string? ServerName { get; private set; }

    public string? AuthorityFile { get; private set; }

    public bool Udp { get; private set; }

    public IPAddress? Source { get; private set; }

    public TimeSpan Timeout { get; private set; } = TimeSpan.FromSeconds(10);

    /// <summary>Null: as the input is.</summary>
    public bool? LinesEndWithCarriageReturn { get; private set; }

    public bool Telnet { get; private set; }

    public bool Raw { get; private set; }

    public bool Verbose { get; private set; }

    /// <summary>The wishes, or a sentence about the first that cannot be.</summary>
    public static (ConnectWishes Wishes, string? Why) Read(IReadOnlyList<string> arguments)
    {
        var wishes = new ConnectWishes();
        var operands = new List<string>();
        for (var index = 0; index < arguments.Count; index++)
        {
            var (name, attached) = Split(arguments[index]);
            if (!name.StartsWith('-') || name.Length == 1)
            {
                operands.Add(arguments[index]);
            }
            else if (wishes.Set(name))
            {
                if (attached is not null)
                {
                    return (wishes, $"{name} takes no value");
                }
            }
            else if (attached is null && index + 1 == arguments.Count)
            {
                return (wishes, TakesValue(name) ? $"{name} needs a value" : NoFlag(name));
            }
            else if (wishes.Set(name, attached ?? arguments[++index]) is { } why)
            {
                return (wishes, why);
            }
        }

        return (wishes, wishes.Aim(operands) ?? wishes.Contradiction());
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static string NoFlag(string name) => $"there is no flag '{name}': see superserver connect --help";

    private static bool TakesValue(string name) => name is "--sni" or "--ca" or "--unix" or "--source" or "--timeout";

    private bool Set(string name)
    {
        switch (name)
        {
            case "-4": return IsVersion4 = true;
            case "-6": return IsVersion6 = true;
            case "--tls": return Tls = true;
            case "--insecure": return Insecure = true;
            case "--udp": return Udp = true;
            case "--telnet": return Telnet = true;
            case "--raw": return Raw = true;
            case "-v" or "--verbose": return Verbose = true;
            case "--crlf" or "--lf":
                LinesEndWithCarriageReturn = name == "--crlf";
                return true;
            default: return false;
        }
    }

    private string? Set(string name, string value)
    {
        switch (name)
        {
            case "--sni":
                ServerName = value;
                return null;
            case "--ca":
                AuthorityFile = value;
                return null;
            case "--unix":
                UnixPath = value;
                return null;
            case "--source":
                Source = IPAddress.TryParse(value, out var address) ? address : null;
                return Source is null ? $"--source must be an address of this machine, as in 192.0.2.1, not '{value}'" : null;
            case "--timeout":
                var time = Milliseconds(value);
                Timeout = TimeSpan.FromMilliseconds(time ?? 0);
                return time is null ? $"--timeout must be a time such as 500ms, 10s or 2m, not '{value}'" : null;
            default:
                return NoFlag(name);
        }
    }

    private static int? Milliseconds(string text)
    {
        var digits = text.Length - text.AsSpan().TrimStart("0123456789").Length;
        var unit = Array.Find(_units, unit => unit.Suffix == text[digits..]);
        return unit.Suffix is not null && int.TryParse(text.AsSpan(0, digits), CultureInfo.InvariantCulture, out var count)
            && count > 0 && (long)count * unit.Milliseconds < int.MaxValue ? count * unit.Milliseconds : null;
    }

    private string? Aim(List<string> operands)
    {
        if (UnixPath is not null)
        {
            return operands.Count == 0 ? null : "--unix PATH is all there is to say: there is no HOST and no PORT then";
        }

        if (operands is [var together] && together.LastIndexOf(':') is > 0 and var colon)
        {
            operands = [together[..colon], together[(colon + 1)..]];
        }

        if (operands is not [var host, var port])
        {
            return "where to connect is missing: superserver connect HOST PORT, or superserver connect --help";
        }

        Host = host.Trim('[', ']');
        Port = PortNumber.Of(port, Udp ? "udp" : "tcp") ?? 0;
        return Port == 0 ? $"there is no {(Udp ? "udp" : "tcp")} port named '{port}' in services(5): write a number from 1 to 65535" : null;
    }

    private string? Contradiction() =>
        Udp && Tls ? "--tls goes with connections, not with --udp"
        : UnixPath is not null && (Udp || IsVersion4 || IsVersion6 || Source is not null) ? "--udp, -4, -6 and --source go with HOST PORT, not with --unix"
        : IsVersion4 && IsVersion6 ? "-4 and -6 exclude each other"
        : Insecure && !Tls ? "--insecure goes with --tls"
        : Insecure && AuthorityFile is not null ? "--insecure and --ca exclude each other"
        : (ServerName ?? AuthorityFile) is not null && !Tls ? "--sni and --ca go with --tls"
        : Tls && UnixPath is not null && ServerName is null && !Insecure ? "--tls with --unix needs --sni NAME: a path is no name of a server"
        : Telnet && Udp ? "--telnet goes with connections, not with --udp"
        : null;
}
