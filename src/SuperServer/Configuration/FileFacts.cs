namespace SuperServer.Configuration;

/// <summary>What stands at a path.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>Something that this user may not look at.</summary>
    Hidden,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A device, a pipe, a socket.</summary>
    Special,
}

/// <summary>What can be seen of a file from outside: symbolic links followed, nothing opened.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Its permission bits.</param>
/// <param name="Owner">Its owner's uid.</param>
internal sealed record FileFacts(FileKind Kind, UnixFileMode Mode = UnixFileMode.None, uint Owner = 0)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const UnixFileMode ForStrangers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public bool IsProgram => Kind == FileKind.Regular && (Mode & AnyExecute) != 0;

    public bool IsOpenToStrangers => (Mode & ForStrangers) != 0;

    public static FileFacts Of(string path)
    {
        try
        {
            var mode = File.GetUnixFileMode(path);
            var (owner, isRegular) = Accounts.InodeOf(path);
            var kind = isRegular ? FileKind.Regular : Directory.Exists(path) ? FileKind.Directory : FileKind.Special;
            return new FileFacts(kind, mode, owner);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            return new FileFacts(FileKind.Missing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new FileFacts(FileKind.Hidden);
        }
    }

    /// <summary>Why it cannot be started, in words that follow its path; null when it can.</summary>
    public string? WhyNoProgram => Kind switch
    {
        FileKind.Missing => "does not exist",
        FileKind.Directory => "is a directory",
        FileKind.Special => "is not a regular file",
        FileKind.Hidden => null,    // its own user may well see it
        _ => IsProgram ? null : "is not executable: chmod +x",
    };
}
