using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace SuperServer.EndToEnd.Harness;

/// <summary>
/// A service manager's end of sd_notify(3): what it was told, in order, and the descriptors that it was given to keep.
/// </summary>
internal sealed partial class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<(string Text, TimeSpan At)> _told = [];
    private readonly Dictionary<string, int> _kept = [];
    private readonly Thread _listening;
    private readonly bool _keeps;
    private volatile bool _isOver;

    /// <param name="path">Where the daemon finds it.</param>
    /// <param name="keeps">Whether it keeps what it is given, as FileDescriptorStoreMax= has it: then ports stay open.</param>
    public NotifySocket(string path, bool keeps)
    {
        _keeps = keeps;
        File.Delete(path);
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        _listening = new Thread(Listen) { IsBackground = true, Name = "service manager" };
        _listening.Start();
    }

    public string Path { get; }

    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told.Select(message => message.Text)];
            }
        }
    }

    /// <summary>The descriptors that are kept at the moment (FDSTORE=1), by their names (FDNAME=).</summary>
    public IReadOnlyDictionary<string, int> Kept
    {
        get
        {
            lock (_told)
            {
                return new Dictionary<string, int>(_kept);
            }
        }
    }

    public int Count(string state) => Told.Count(message => message.Split('\n').Contains(state));

    /// <summary>When it was told this, on a clock that never jumps.</summary>
    public IReadOnlyList<TimeSpan> TimesOf(string state)
    {
        lock (_told)
        {
            return [.. _told.Where(message => message.Text.Split('\n').Contains(state)).Select(message => message.At)];
        }
    }

    public void Dispose()
    {
        _isOver = true;
        _socket.Shutdown(SocketShutdown.Receive);       // which wakes the thread
        _listening.Join();
        _socket.Dispose();
        lock (_told)
        {
            foreach (var descriptor in _kept.Values)
            {
                _ = Close(descriptor);
            }

            _kept.Clear();
        }
    }

    private void Listen()
    {
        var text = new byte[4096];
        for (int length; (length = Receive(text, out var descriptor)) >= 0 && !_isOver;)
        {
            var message = Encoding.UTF8.GetString(text, 0, length);
            lock (_told)
            {
                _told.Add((message, TimeSpan.FromMicroseconds(System.Diagnostics.Stopwatch.GetTimestamp() / 1000)));
                Keep(message.Split('\n'), descriptor);
            }
        }
    }

    private void Keep(string[] lines, int descriptor)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith("FDNAME=", StringComparison.Ordinal));
        var name = line?["FDNAME=".Length..] ?? string.Empty;
        if (lines.Contains("FDSTORE=1") && descriptor >= 0 && _keeps)
        {
            _kept[name] = descriptor;
        }
        else if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }
        else if (lines.Contains("FDSTOREREMOVE=1") && _kept.Remove(name, out var known))
        {
            _ = Close(known);
        }
    }

    // The framework has no way to receive a descriptor (unix(7), SCM_RIGHTS).
    private unsafe int Receive(byte[] text, out int descriptor)
    {
        descriptor = -1;
        fixed (byte* bytes = text)
        {
            var control = stackalloc long[3];      // struct cmsghdr, and one descriptor behind it
            var part = new Part { Start = bytes, Length = (nuint)text.Length };
            var message = new Message { Parts = &part, PartCount = 1, Control = control, ControlLength = 24 };
            var length = (int)ReceiveMessage((int)_socket.Handle, &message, CloseOnExec);
            descriptor = length >= 0 && message.ControlLength >= 20 ? (int)control[2] : -1;
            return length;
        }
    }

    private const int CloseOnExec = 0x40000000;     // MSG_CMSG_CLOEXEC

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Part
    {
        public byte* Start;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Message
    {
        public void* Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial nint ReceiveMessage(int socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
