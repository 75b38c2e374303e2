namespace SuperServer.Handlers.Mailer;

/// <summary>Columns of blanks, as wide as their widest cell.</summary>
internal static class TextTable
{
    public static IEnumerable<string> Lines(IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
        if (all.Length == 0)
        {
            return [];
        }

        var widths = Enumerable.Range(0, all[0].Length).Select(column => all.Max(row => row[column].Length)).ToArray();
        return all.Select(row => "  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
