namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Cuts what was read from a segment into whole lines. Pure. A line without its end is left for later, one that is too long to
/// be a record is thrown away as it comes, so that a writer who never ends a line cannot make us hold it.
/// </summary>
internal static class LineCutter
{
    /// <summary>Far above any record, so that only garbage is thrown away unread.</summary>
    public const int LongestLine = 64 * 1024;

    /// <param name="Consumed">Bytes that need not be read again.</param>
    /// <param name="Overlong">Lines that were found too long.</param>
    /// <param name="Skipping">The end of an overlong line has not been seen yet.</param>
    public readonly record struct Cut(int Consumed, int Overlong, bool Skipping);

    /// <summary>Adds the whole, non-empty lines of <paramref name="bytes"/> to <paramref name="lines"/>.</summary>
    public static Cut Into(List<ReadOnlyMemory<byte>> lines, ReadOnlyMemory<byte> bytes, bool skipping)
    {
        var overlong = 0;
        var start = 0;
        for (var length = NextEnd(bytes, start); length >= 0; length = NextEnd(bytes, start))
        {
            if (!skipping && length > LongestLine)
            {
                overlong++;
            }
            else if (!skipping && length > 0)
            {
                lines.Add(bytes.Slice(start, length));
            }

            skipping = false;
            start += length + 1;
        }

        if (!skipping && bytes.Length - start > LongestLine)
        {
            overlong++;
            skipping = true;
        }

        return new Cut(skipping ? bytes.Length : start, overlong, skipping);
    }

    private static int NextEnd(ReadOnlyMemory<byte> bytes, int start) => bytes.Span[start..].IndexOf((byte)'\n');
}
