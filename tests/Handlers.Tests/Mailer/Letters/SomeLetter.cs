using System.Net;
using System.Text;
using MimeKit;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Letters;

/// <summary>A mail of a host called web1, of an ordinary event or of many, in which a test changes what it is about.</summary>
internal static class SomeLetter
{
    public static readonly DateTimeOffset At = ManualClock.Start.AddMilliseconds(103);
    public static readonly IPAddress Scanner = IPAddress.Parse("203.0.113.7");
    public static readonly Finding Confirmed = new(FindingState.Confirmed, "scan7.example.net");

    public static readonly MailerOptions Options = new()
    {
        Recipients = ["admin@example.org", "second@example.org"],
        Sender = "superserver@web1.example.org",
        Pace = new Pace(TimeSpan.Zero, [TimeSpan.FromMinutes(5)], TimeSpan.FromHours(24)),
        InsidePace = new Pace(TimeSpan.Zero, [TimeSpan.FromMinutes(1)], TimeSpan.FromHours(24)),
        Machine = "0123456789abcdef",
        Transports = [],
    };

    public static readonly AlertEvent Event = new()
    {
        Reference = "7KQ2M4",
        Service = "telnet",
        Protocol = "tcp",
        Source = Scanner,
        IsNear = false,
        Target = IPAddress.Parse("198.51.100.20"),
        Port = 23,
        At = At,
        Action = "message",
        Ending = new Ending(TimeSpan.FromMilliseconds(412), "peer-closed", 12, [0xff, 0xfd, 0x03, 0xff, 0xfb, 0x18]),
    };

    public static readonly Summary Many = Of(Event) with
    {
        Last = 1391,
        Held = 188,
        Ignored = 2,
        Sources = 41,
        Ended = At + TimeSpan.FromMinutes(35),
        Services = [new ServiceLine("telnet", "tcp", 23, 180, 40), new ServiceLine("web-trap", "tcp", 8080, 6, 3)],
        Busiest =
        [
            new SourceLine(Scanner, 120, At, At + TimeSpan.FromMinutes(35), [.. "SSH-2.0-Go\r\n"u8]),
            new SourceLine(IPAddress.Parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"), 25, At, At + TimeSpan.FromMinutes(2), [0xff, 0xfd, 0x03]),
            new SourceLine(null, 3, At, At, []),
        ],
        Only = null,
    };

    public static readonly Moment Moment = new(
        ManualClock.Start + TimeSpan.FromSeconds(5),
        ManualClock.Start + TimeSpan.FromSeconds(5) + TimeSpan.FromMinutes(5),
        TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), null, null),
        "6f1c9a");

    public static Summary Of(AlertEvent only) => new()
    {
        First = 1204,
        Last = 1204,
        Held = 1,
        Ignored = 0,
        Sources = 1,
        Began = only.At,
        Ended = only.At,
        Services = [new ServiceLine(only.Service, only.Protocol, only.Port, 1, 1)],
        Busiest = [new SourceLine(only.Source, 1, only.At, only.At, only.Ending?.Bytes ?? [])],
        Only = only,
    };

    public static LetterWriter Writer(string host = "web1", MailerOptions? options = null) => new(
        host, options ?? Options, ServicesFile.Parse("telnet 23/tcp\nssh 22/tcp\nhttp-alt 8080/tcp webcache # WWW caching\n"));

    public static Letter Write(MailKind kind, Summary summary, Finding? finding = null, MailerOptions? options = null, string host = "web1")
    {
        var asked = summary.Busiest.Select(line => line.Address).OfType<IPAddress>().Distinct();
        var names = asked.ToDictionary(address => address, address => address.Equals(Scanner) || summary.Only is not null
            ? finding ?? Finding.NotAsked
            : new Finding(FindingState.None));
        return Writer(host, options).Write(kind, summary, names, Moment);
    }

    public static MimeMessage Read(Letter letter) => MimeMessage.Load(new MemoryStream(letter.Bytes), TestContext.Current.CancellationToken);

    /// <summary>The text of a mail, as a reader has it.</summary>
    public static string TextOf(Letter letter) => Read(letter).TextBody!.ReplaceLineEndings("\n");

    public static string HtmlOf(Letter letter) => Read(letter).HtmlBody!.ReplaceLineEndings("\n");

    public static string Source(Letter letter) => Encoding.UTF8.GetString(letter.Bytes);
}
