namespace SuperServer.Handlers.BuiltIn.Saying;

/// <summary>
/// A file of bounded size, read again when it has changed. While it cannot be read what was last read stands, and that is said once.
/// </summary>
internal sealed class WatchedFile(string path, int most, Action<string> complain)
{
    private (DateTime Written, long Length) _stamp;
    private string? _complaint;

    /// <summary>Null when nothing has ever been read.</summary>
    public byte[]? Contents { get; private set; }

    /// <summary>Looks whether it has changed; true when <see cref="Contents"/> is new.</summary>
    public bool Refresh()
    {
        try
        {
            var file = new FileInfo(path);
            var stamp = (file.LastWriteTimeUtc, file.Length);
            if (stamp != _stamp)
            {
                return Read(stamp);
            }

            _complaint = null;      // it is there again
            return false;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            Complain(wrong is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : wrong.Message);
            return false;
        }
    }

    private bool Read((DateTime Written, long Length) stamp)
    {
        if (stamp.Length > most)
        {
            Complain($"it is longer than {most} bytes");
            return false;
        }

        // It may grow at this very moment; the next one sees the rest.
        using var stream = File.OpenRead(path);
        var bytes = new byte[stamp.Length];
        var got = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        Contents = bytes[..got];
        (_stamp, _complaint) = (stamp, null);
        return true;
    }

    private void Complain(string why)
    {
        if (why != _complaint)
        {
            _complaint = why;
            complain($"{path}: {why}");
        }
    }
}
