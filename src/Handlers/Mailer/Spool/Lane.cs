using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// One directory of the spool, for the services of one group: the journal that is written now, and those rotated away before it.
/// </summary>
internal sealed class Lane(string path)
{
    private const string Prefix = "journal-";
    private const string Suffix = ".jsonl";

    public string Path => path;

    /// <summary>The group's number, which is the lane's name.</summary>
    public string Name => System.IO.Path.GetFileName(path);

    public string Journal => System.IO.Path.Combine(path, "journal" + Suffix);

    public string NextJournal => System.IO.Path.Combine(path, "journal.next");

    public string Overflow => System.IO.Path.Combine(path, Alerts.Overflow.FileName);

    public string Rotated(long number) =>
        System.IO.Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}{Suffix}"));

    /// <summary>The numbers of the rotated segments, oldest first: a record's end must not be read before its touch.</summary>
    public long[] RotatedNumbers() =>
    [
        .. Directory.EnumerateFiles(path, $"{Prefix}*{Suffix}")
            .Select(Number).OfType<long>().Order(),
    ];

    private static long? Number(string file)
    {
        var name = System.IO.Path.GetFileName(file.AsSpan());
        var digits = name[Prefix.Length..^Suffix.Length];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
