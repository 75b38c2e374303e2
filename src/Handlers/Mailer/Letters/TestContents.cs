namespace SuperServer.Handlers.Mailer;

/// <summary>What a test message says.</summary>
internal static class TestContents
{
    public static IEnumerable<Block> Blocks(string host, IReadOnlyList<string> recipients, string transports, Moment moment) =>
    [
        new Block.Headline([$"This is a test of the alert mail of {host}. Nothing happened."]),
        new Block.Facts(
        [
            new Fact("When", $"{Wording.Utc(moment.At)}{Wording.OnThisHost(moment.At, moment.Zone)}"),
            new Fact("To", Phrase.Value(Clean.Text(string.Join(", ", recipients), 400))),
            new Fact("By", Clean.Text(transports, 400)),
        ]),
        new Block.Paragraph(
        [
            "Somebody asked for it with superserver alert test. If you read this, alerts can reach you this way.",
            "Whether a tripwire catches, superserver alert trip tells.",
        ]),
        new Block.Signature($"Test message, no event. superserver {Release.Version} on {host}"),
    ];
}
