namespace SuperServer.Handlers.Mailer;

/// <summary>The directory the daemon lays out: a lane for each group that may record.</summary>
internal sealed class SpoolRoot(string path)
{
    /// <summary>Looked up each time: a reload of the daemon may have added one. Only names that are numbers are lanes.</summary>
    public Lane[] Lanes() =>
    [
        .. Directory.EnumerateDirectories(path)
            .Where(directory => Path.GetFileName(directory).All(char.IsAsciiDigit))
            .Order(StringComparer.Ordinal)
            .Select(directory => new Lane(directory)),
    ];
}
