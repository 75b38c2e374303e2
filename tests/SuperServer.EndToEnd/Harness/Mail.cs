using System.Globalization;
using System.Text.RegularExpressions;

namespace SuperServer.EndToEnd.Harness;

/// <summary>An alert mail as it arrived, read as far as tests need it.</summary>
internal sealed partial record Mail(string Text)
{
    public string Subject => Header("Subject");

    public string MessageId => Header("Message-Id");

    /// <summary>The numbers of the events it is about: first and last, and how many of them it knows.</summary>
    public (int First, int Last, int Held) Events
    {
        get
        {
            var match = Range().Match(Header("X-SuperServer"));
            Assert.True(match.Success, $"no range of events in:\n{Text}");
            return (Number(match, 2), Number(match, 3), Number(match, 1));
        }
    }

    /// <summary>Its plain text, whatever other parts it has.</summary>
    public string Body
    {
        get
        {
            var part = PlainPart().Match(Text);
            Assert.True(part.Success, $"no plain text in:\n{Text}");
            return part.Groups[1].Value.Contains("quoted-printable", StringComparison.OrdinalIgnoreCase)
                ? EscapedByte().Replace(SoftBreak().Replace(part.Groups[2].Value, ""), octet => $"{(char)Convert.ToByte(octet.Groups[1].Value, 16)}")
                : part.Groups[2].Value;
        }
    }

    /// <summary>How many connections it tells that were counted and not described.</summary>
    public int CountedOnly => CountedLine().Matches(Body).Sum(line => int.Parse(line.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));

    /// <summary>Every event of these mails once: one may come twice, for a sender that was killed cannot know.</summary>
    public static IReadOnlyList<int> EventsOf(IEnumerable<Mail> mails) => [.. mails
        .Where(mail => Range().IsMatch(mail.Header("X-SuperServer")))       // else it tells only what was counted
        .DistinctBy(mail => mail.MessageId)
        .SelectMany(mail => Enumerable.Range(mail.Events.First, mail.Events.Last - mail.Events.First + 1))
        .Order()];

    public string Header(string name)
    {
        var lines = Fold().Replace(Text[..Text.IndexOf("\n\n", StringComparison.Ordinal)], " ").Split('\n');
        return lines.First(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))[(name.Length + 1)..].Trim();
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\n[ \t]+")]
    private static partial Regex Fold();

    [GeneratedRegex(@"(?ims)^(Content-Type: text/plain.*?)\n\n(.*?)(?=\n--=_|\z)")]
    private static partial Regex PlainPart();

    [GeneratedRegex(@"=\n")]
    private static partial Regex SoftBreak();

    [GeneratedRegex("=([0-9A-F]{2})")]
    private static partial Regex EscapedByte();

    [GeneratedRegex(@"(?m)^Only counted: .*?, ([\d,]+) connections?[ ,]")]
    private static partial Regex CountedLine();

    [GeneratedRegex(@"events=(\d+);.*seq=(\d+)-(\d+)")]
    private static partial Regex Range();
}
