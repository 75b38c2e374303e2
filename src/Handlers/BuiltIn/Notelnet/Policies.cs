using System.Globalization;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// The service's options: one policy for its ports, or one for some of them (<c>ports."22"</c>), which takes over what it does not say.
/// A mistake in them must not cost an alert: the default stands.
/// </summary>
internal sealed class Policies
{
    private const string OnConnect = "on_connect";
    private const string Capture = "capture";
    private const string Ports = "ports";
    private const int TelnetPort = 23;
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(60);

    private readonly Dictionary<int, Policy> _ports = [];
    private readonly Policy _telnet;
    private readonly Policy _other;

    private Policies(HandlerOptions options, bool mayTarpit)
    {
        var chosen = Choice(options, mayTarpit);
        _other = new Policy
        {
            OnConnect = chosen ?? Policy.Close,
            Notice = Notice.From(options, Notice.Usual),
            Capture = options.Number(Capture, Alerts.EndRecord.MaxFirst, 0, Alerts.EndRecord.MaxFirst),
        };
        _telnet = _other with { OnConnect = chosen ?? Policy.Message };
        Tarpit = TarpitLimits.From(options);
        Idle = options.Duration("idle", _idle);
        foreach (var (port, table) in options.Tables(Ports))
        {
            if (ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            {
                _ports[number] = Special(table, mayTarpit, General(number));
            }
            else
            {
                options.Refuse(Ports, $"is a table by port numbers, and '{HandlerOptions.Printable(port)}' is none", 0);
            }
        }
    }

    public TarpitLimits Tarpit { get; }

    /// <summary>How long a handler that serves many stays when nobody comes.</summary>
    public TimeSpan Idle { get; }

    public static Policies From(HandlerOptions options, bool mayTarpit) => new(options, mayTarpit);

    public Policy For(int? port) => port is { } known && _ports.TryGetValue(known, out var special) ? special : General(port);

    private Policy General(int? port) => port == TelnetPort ? _telnet : _other;

    private static Policy Special(HandlerOptions table, bool mayTarpit, Policy general) => new()
    {
        OnConnect = Choice(table, mayTarpit) ?? general.OnConnect,
        Notice = Notice.From(table, general.Notice),
        Capture = table.Number(Capture, general.Capture, 0, Alerts.EndRecord.MaxFirst),
    };

    private static string? Choice(HandlerOptions options, bool mayTarpit) => options.Text(OnConnect, "") switch
    {
        "" => null,
        Policy.Tarpit when !mayTarpit => options.Refuse(
            OnConnect, "can be \"tarpit\" only with mode = \"wait\" or \"pool\"; the client is closed", Policy.Close),
        (Policy.Message or Policy.Close or Policy.Reset or Policy.Tarpit) and var chosen => chosen,
        _ => options.Refuse<string?>(OnConnect, "must be one of: message, close, reset, tarpit", null),
    };
}
