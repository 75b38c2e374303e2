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
/// <param name="Group">Its group's gid.</param>
internal sealed record FileFacts(FileKind Kind, UnixFileMode Mode = UnixFileMode.None, uint Owner = 0, uint Group = 0)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const UnixFileMode ForStrangers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public bool IsProgram => Kind == FileKind.Regular && (Mode & AnyExecute) != 0;

    public bool IsOpenToStrangers => (Mode & ForStrangers) != 0;

    /// <summary>To those who are neither the owner nor in the group.</summary>
    public bool IsOpenToAll => (Mode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0;

    public static FileFacts Of(string path)
    {
        try
        {
            var mode = File.GetUnixFileMode(path);
            var (owner, group, isRegular) = Accounts.InodeOf(path);
            var kind = isRegular ? FileKind.Regular : Directory.Exists(path) ? FileKind.Directory : FileKind.Special;
            return new FileFacts(kind, mode, owner, group);
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

    /// <summary>As far as the permission bits say; lists of access (acl(5)) are not looked at.</summary>
    public bool MayBeReadBy(Identity user) => Allows(user, UnixFileMode.UserRead, UnixFileMode.GroupRead, UnixFileMode.OtherRead);

    /// <summary>Of a directory: what lies in it can be reached.</summary>
    public bool MayBeSearchedBy(Identity user) =>
        Allows(user, UnixFileMode.UserExecute, UnixFileMode.GroupExecute, UnixFileMode.OtherExecute);

    // The first that applies counts, also when it allows less than the next (path_resolution(7)).
    private bool Allows(Identity user, UnixFileMode asOwner, UnixFileMode inGroup, UnixFileMode asOther) =>
        user.Uid == 0
        || (Mode & (user.Uid == Owner ? asOwner
            : user.Gid == Group || user.SupplementaryGroups.Contains(Group) ? inGroup
            : asOther)) != 0;

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
