namespace SuperServer.EndToEnd.Harness;

/// <summary>Where the alert mails of a test end up.</summary>
internal sealed class Maildir(string path)
{
    public IReadOnlyList<Mail> Mails => Directory.Exists(New)
        ? [.. Directory.GetFiles(New).Order(StringComparer.Ordinal).Select(Read)]
        : [];

    private string New => Path.Combine(path, "new");

    public async Task<Mail> First(int seconds = Deadline.Seconds) => (await AtLeast(1, seconds))[0];

    public Task<IReadOnlyList<Mail>> AtLeast(int count, int seconds = Deadline.Seconds) =>
        Eventually.Get(() => Mails is var mails && mails.Count >= count ? mails : null, $"{count}th mail in {path}", seconds);

    /// <summary>Waits until the mails together tell of this many events.</summary>
    public Task<IReadOnlyList<Mail>> AboutEvents(int count, int seconds = Deadline.Seconds) =>
        Eventually.Get(
            () => Mails is var mails && Mail.EventsOf(mails).Count >= count ? mails : null,
            $"mail about all {count} events in {path}",
            seconds);

    private static Mail Read(string file) => new(File.ReadAllText(file).ReplaceLineEndings("\n"));
}
