using System.Text;
using Mono.Unix;
using Mono.Unix.Native;
using SuperServer.Interop;

namespace SuperServer.Configuration;

/// <summary>A user of the machine.</summary>
internal sealed record UserAccount(string Name, uint Uid, uint Gid);

/// <summary>A group of the machine.</summary>
internal sealed record GroupAccount(string Name, uint Gid);

/// <summary>
/// The user and group databases (getpwnam(3) and its kin), and the only door to Mono.Posix, which asks them through libc and
/// therefore knows LDAP and the like. Asked when a file is read, never per connection.
/// </summary>
internal static class Accounts
{
    public static UserAccount? UserByName(string name) => Syscall.getpwnam(name) is { } user ? Account(user) : null;

    /// <summary>Of /etc/passwd only: a directory of thousands is not asked for a guess.</summary>
    public static IReadOnlyCollection<string> UserNames() => FileReading.Of("/etc/passwd") is FileReading.Contents file
        ? [.. Encoding.UTF8.GetString(file.Bytes).Split('\n').Select(line => line.Split(':')[0]).Where(name => name.Length > 0)]
        : [];

    public static UserAccount? UserById(uint uid) => Syscall.getpwuid(uid) is { } user ? Account(user) : null;

    public static GroupAccount? GroupByName(string name) => Syscall.getgrnam(name) is { } group ? Account(group) : null;

    public static GroupAccount? GroupById(uint gid) => Syscall.getgrgid(gid) is { } group ? Account(group) : null;

    /// <summary>As initgroups(3) would set them: the group asked with first, then those that list the user as a member.</summary>
    public static ValueList<uint> GroupsOf(string user, uint gid)
    {
        // The library's own: Mono.Posix goes through all groups one by one, which a directory need not list (SSSD does not).
        var groups = new uint[64];
        var count = groups.Length;
        while (Ask(user, gid, groups, ref count) < 0)
        {
            groups = new uint[Math.Max(count, groups.Length * 2)];
            count = groups.Length;
        }

        return [gid, .. groups.Take(count).Where(other => other != gid).Distinct().Order()];
    }

    public static UserAccount Self()
    {
        var (uid, gid) = (Syscall.geteuid(), Syscall.getegid());
        return new UserAccount(UserById(uid)?.Name ?? $"{uid}", uid, gid);
    }

    public static ValueList<uint> OwnGroups() => [.. UnixEnvironment.GetSupplementaryGroupIds().Select(gid => (uint)gid)];

    /// <summary>What stat(2) alone tells of a file that is known to exist.</summary>
    public static (uint Owner, uint Group, bool IsRegular) InodeOf(string path) => Syscall.stat(path, out var inode) == 0
        ? (inode.st_uid, inode.st_gid, (inode.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFREG)
        : throw new FileNotFoundException(null, path);

    private static unsafe int Ask(string user, uint gid, uint[] groups, ref int count)
    {
        fixed (uint* room = groups)
        {
            return Libc.getgrouplist(user, gid, room, ref count);
        }
    }

    private static UserAccount Account(Passwd user) => new(user.pw_name, user.pw_uid, user.pw_gid);

    private static GroupAccount Account(Group group) => new(group.gr_name, group.gr_gid);
}
