using System.Runtime.InteropServices;

namespace SuperServer.Launching;

/// <summary>
/// spawn.c, as it is: the only native code of ours. Linked into the published program; under <c>dotnet run</c> it lies beside it.
/// </summary>
internal static unsafe partial class Spawn
{
    public const uint SwitchIdentity = 1;
    public const uint NoNewPrivileges = 2;

    private const string Library = "superspawn";

    /// <summary>What failed between clone and exec; the same list as in spawn.c.</summary>
    public enum Step
    {
        None,
        Clone,
        Signals,
        Session,
        Descriptors,
        Limits,
        Directory,
        Groups,
        Gid,
        Uid,
        Verify,
        NoNewPrivileges,
        Exec,

        /// <summary>Not in spawn.c: the pipe for standard error could not be made, and nothing was started.</summary>
        Pipe,
    }

    /// <summary>Remembers which signals this process ignores. Once, after the runtime has started.</summary>
    [LibraryImport(Library, EntryPoint = "superserver_spawn_prepare")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial void Prepare();

    /// <summary>1 when we were started with SIGHUP ignored (nohup(1)), else 0.</summary>
    [LibraryImport(Library, EntryPoint = "superserver_hangup_was_ignored")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial int HangupWasIgnored();

    /// <summary>
    /// Signals wait for a <c>SignalQueue</c> from before main on: this is for whoever has none, and shall end by them. From the first thread.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "superserver_let_orders_come")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial void LetOrdersCome();

    /// <summary>Gives a program that is to take our place the limits that we were started with, or takes ours back.</summary>
    [LibraryImport(Library, EntryPoint = "superserver_lend_first_limits")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial void LendFirstLimits(int lend);

    /// <summary>0, or -1 with the failure in <paramref name="child"/>.</summary>
    [LibraryImport(Library, EntryPoint = "superserver_spawn")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial int Start(Plan* plan, byte** environment, Descriptors* descriptors, Result* child);

    /// <summary>Drops one waiting datagram, unread.</summary>
    [LibraryImport(Library, EntryPoint = "superserver_discard_datagram")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial int DiscardDatagram(int socket);

    /// <summary>struct superserver_plan.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Plan
    {
        public byte* Path;
        public byte** Arguments;
        public byte* Directory;
        public uint* Groups;
        public uint GroupCount;
        public uint Uid;
        public uint Gid;
        public uint Umask;
        public uint Flags;
    }

    /// <summary>struct superserver_descriptors.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Descriptors
    {
        public int Socket;
        public int ErrorOutput;
        public int* More;
        public byte* OwnPid;
        public uint MoreCount;
    }

    /// <summary>struct superserver_child.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Result
    {
        public int Pid;
        public int PidFd;
        public Step Step;
        public int Errno;
    }
}
