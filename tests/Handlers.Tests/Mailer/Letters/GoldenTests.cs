using System.Net;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Letters;

/// <summary>
/// Whole mails beside this file, byte for byte, each read by a person when it changed. UPDATE_GOLDEN=1 writes them anew; then look at
/// the difference.
/// </summary>
public sealed class GoldenTests
{
    private static readonly DateTimeOffset _at = SomeLetter.At;

    private static readonly IReadOnlyDictionary<string, Func<Letter>> _letters = new Dictionary<string, Func<Letter>>
    {
        ["first-confirmed"] = () => SomeLetter.Write(MailKind.First, SomeLetter.Of(SomeLetter.Event), SomeLetter.Confirmed),
        ["first-unconfirmed"] = () => First(SomeLetter.Event, new Finding(FindingState.Claimed, "pc.bank.example")),
        ["first-malformed"] = () => First(SomeLetter.Event with { Action = "close", Ending = null }, new Finding(FindingState.Malformed)),
        ["first-no-name"] = () => First(SomeLetter.Event, new Finding(FindingState.None)),
        ["first-timed-out"] = () => First(SomeLetter.Event, Finding.TimedOut),
        ["first-inside"] = () => SomeLetter.Write(
            MailKind.First,
            SomeLetter.Of(SomeLetter.Event with { Source = IPAddress.Parse("10.1.2.3"), IsNear = true, Service = "ssh", Port = 22 }) with
            {
                Class = StreamClass.Inside,
            },
            new Finding(FindingState.None)),
        ["first-unknown-address"] = () => First(SomeLetter.Event with { Source = null }, null),
        ["first-unix-socket"] = () => First(
            SomeLetter.Event with { Source = null, IsNear = true, Service = "panel", Protocol = "ipc", Target = null, Port = null }, null),
        ["first-link-local"] = () => First(
            SomeLetter.Event with { Source = IPAddress.Parse("fe80::1%2"), Target = IPAddress.Parse("fe80::2%2"), IsNear = true },
            new Finding(FindingState.None)),
        ["digest"] = () => SomeLetter.Write(MailKind.Digest, SomeLetter.Many, SomeLetter.Confirmed),
        ["digest-with-everything"] = () => SomeLetter.Write(MailKind.Digest, Everything(), new Finding(FindingState.Claimed, "pc.bank.example")),
        ["digest-of-many-ports"] = () => SomeLetter.Write(MailKind.Digest, ManyPorts()),
        ["surge"] = () => SomeLetter.Write(
            MailKind.Surge,
            SomeLetter.Many with
            {
                Ended = _at + TimeSpan.FromMinutes(1),
                Services = [new ServiceLine("telnet", "tcp", 23, 186, 41)],
                CountedOnly = [new CoarseLine("telnet", "rate", 9812, 37, _at, _at + TimeSpan.FromMinutes(1))],
            },
            SomeLetter.Confirmed),
        ["quiet"] = () => SomeLetter.Write(MailKind.Quiet, Nothing()),
        ["quiet-with-some"] = () => SomeLetter.Write(MailKind.Quiet, Nothing() with { InPeriod = 3 }),
        ["test"] = () => SomeLetter.Writer().WriteTest(
            SomeLetter.Moment, "smtp to smtp.example.org, port 587; if that fails, sendmail /usr/sbin/sendmail"),
    };

    public static TheoryData<string> Names => [.. _letters.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_the_mail_that_was_looked_at(string name)
    {
        var letter = SomeLetter.Source(_letters[name]()).Replace($"superserver {Release.Version} ", "superserver VERSION ", StringComparison.Ordinal);
        var file = Path.Combine(Folder(), name + ".eml");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, letter);
        }

        Assert.Equal(File.ReadAllText(file), letter);
    }

    private static Letter First(AlertEvent only, Finding? finding) => SomeLetter.Write(MailKind.First, SomeLetter.Of(only), finding);

    private static Summary Nothing() => Summary.Nothing(_at) with { First = 1205, Last = 1204 };

    private static Summary ManyPorts() => SomeLetter.Many with
    {
        Ignored = 0,
        Services = [.. Enumerable.Range(8000, 20).Select(port => new ServiceLine("web-trap", "tcp", port, 8, 3))],
        Busiest = [.. Enumerable.Range(1, 20).Select(i => new SourceLine(IPAddress.Parse($"192.0.2.{i}"), 8, _at, _at, []))],
        OtherNetworks = 12,
    };

    private static Summary Everything() => SomeLetter.Many with
    {
        Class = StreamClass.Inside,
        Inside = 3,
        Held = 185,
        Damaged = 1,
        Unfamiliar = 2,
        Notices = ["second@example.org did not get the mail ss.1-1.6f1c9a@web1: 550 no such user"],
        OtherNetworks = 12,
        HeldBackSince = _at - TimeSpan.FromMinutes(90),
        Outage = new Outage(_at - TimeSpan.FromDays(3), _at, "535 authentication failed", 3, 912),
        LostMails = [new LostMail(17, 1100, 1203, 104, "550 5.7.1 not authorized")],
        CountedOnly = [new CoarseLine("telnet", "disk full", 9120, 37, _at - TimeSpan.FromHours(1), _at)],
        Services = [.. SomeLetter.Many.Services, new ServiceLine("snmp", "udp", 161, 2, 1)],
        Rows =
        [
            new AlertRow
            {
                Sequence = 1204,
                At = _at,
                Source = SomeLetter.Scanner,
                SourcePort = 40112,
                Service = "telnet",
                Protocol = "tcp",
                Port = 23,
                Action = "message",
                Reference = "7KQ2M4",
                Bytes = [.. "=cmd|'/C calc'!A0,\"x\"\r\n"u8],
            },
        ],
    };

    private static string Folder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SuperServer.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return Path.Combine(folder, "tests/Handlers.Tests/Mailer/Letters");
    }
}
