namespace SuperServer.Configuration;

/// <summary>What came of reading a whole file: its bytes, or why there are none.</summary>
internal abstract record FileReading
{
    /// <summary>Thousands of services fit in; /dev/zero does not.</summary>
    private const int LargestFile = 16 << 20;

    public static FileReading Of(string path) => Of(path, LargestFile);

    public static FileReading Of(string path, int largest)
    {
        if (Directory.Exists(path))
        {
            return new Failed("is a directory");
        }

        try
        {
            using var file = File.OpenRead(path);
            return Read(file, largest);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Failed("does not exist");
        }
        catch (UnauthorizedAccessException)
        {
            return new Failed("may not be read by this user");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            return new Failed($"cannot be read: {Printable.Escaped(e.Message)}");
        }
    }

    private static FileReading Read(FileStream file, int largest)
    {
        using var bytes = new MemoryStream();
        var block = new byte[65_536];
        for (int count; (count = file.Read(block)) > 0;)
        {
            bytes.Write(block, 0, count);
            if (bytes.Length > largest)
            {
                return new Failed($"is larger than {largest >> 20} MiB");
            }
        }

        return new Contents(bytes.ToArray());
    }

    /// <summary>The file's bytes.</summary>
    public sealed record Contents(byte[] Bytes) : FileReading;

    /// <summary>Words that follow the file's name.</summary>
    public sealed record Failed(string Why) : FileReading;
}
