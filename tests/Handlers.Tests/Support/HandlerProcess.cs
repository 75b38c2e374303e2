using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SuperServer.Handlers.Tests.Support;

/// <summary>
/// A handler as an inetd starts it: the socket on 0 and 1, a file on 2, no signal ignored, and exactly the environment that was given.
/// Ends with the test, whatever happens.
/// </summary>
internal sealed class HandlerProcess : IDisposable
{
    /// <summary>The name that starts a handler on the SDK which does what it is told (tests/SdkProbe), and not one of the built-in ones.</summary>
    public const string Probe = "sdk-probe";

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);
    private readonly string _path;
    private string? _said;
    private int? _status;

    private HandlerProcess(int id, string complaints)
    {
        Id = id;
        _path = complaints;
    }

    public int Id { get; }

    /// <summary>What it said on descriptor 2.</summary>
    public string Complaints => _said ?? File.ReadAllText(_path);

    public static HandlerProcess Start(string handler, Socket socket, params (string Name, string Value)[] environment) =>
        Start([handler], (int)socket.Handle, StandardError.File, environment);

    public static HandlerProcess StartWithClientOnStandardError(string handler, Socket socket) =>
        Start([handler], (int)socket.Handle, StandardError.Socket, []);

    /// <summary>Descriptor 0 is /dev/null.</summary>
    public static HandlerProcess StartByHand(params string[] arguments) =>
        Start(arguments, descriptor: null, StandardError.File, []);

    /// <summary>The exit code, or the negative number of the signal that ended it.</summary>
    public int WaitForEnd()
    {
        var until = Environment.TickCount64 + (long)_deadline.TotalMilliseconds;
        while (_status is null)
        {
            Assert.True(Environment.TickCount64 < until, $"the handler has not ended; it said: {Complaints}");
            if (Posix.waitpid(Id, out var status, Posix.WNOHANG) == Id)
            {
                _status = status;
            }
            else
            {
                Thread.Sleep(2);    // waitpid has no deadline of its own
            }
        }

        var signal = _status.Value & 0x7f;
        return signal == 0 ? (_status.Value >> 8) & 0xff : -signal;
    }

    /// <summary>The processor time it has used, in hundredths of a second (utime and stime of proc(5)).</summary>
    public long ProcessorTicks()
    {
        var fields = File.ReadAllText($"/proc/{Id}/stat").Split(") ")[1].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    /// <summary>How many descriptors it has.</summary>
    public int Descriptors() => Directory.GetFiles($"/proc/{Id}/fd").Length;

    /// <summary>What it has in memory now.</summary>
    public long ResidentKilobytes()
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line[6..^2].Trim(), CultureInfo.InvariantCulture);
    }

    public void Terminate() => _ = Posix.kill(Id, Posix.SIGTERM);

    public void Kill() => _ = Posix.kill(Id, Posix.SIGKILL);

    public void Dispose()
    {
        if (_status is null)
        {
            Kill();
            _ = WaitForEnd();
        }

        _said = Complaints;
        File.Delete(_path);
    }

    private static string[] Command(string[] arguments) =>
        arguments is [Probe, .. var rest] ? [Path.Combine(AppContext.BaseDirectory, Probe), .. rest] : [Executable(), .. arguments];

    // A published program that is no older than what was built for this test is the real thing; otherwise what was built.
    private static string Executable()
    {
        var built = Path.Combine(AppContext.BaseDirectory, "superserver-handlers");
        var root = AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf("/out/artifacts/", StringComparison.Ordinal)];
        var published = Path.Combine(root, "out/bin/superserver-handlers");
        return File.GetLastWriteTimeUtc(published) >= File.GetLastWriteTimeUtc(built + ".dll") ? published : built;
    }

    private static HandlerProcess Start(
        string[] arguments, int? descriptor, StandardError standardError, (string Name, string Value)[] environment)
    {
        var complaints = Path.GetTempFileName();
        Span<byte> actions = stackalloc byte[Posix.OpaqueSize];
        Check(Posix.posix_spawn_file_actions_init(actions));
        if (descriptor is { } socket)
        {
            Check(Posix.posix_spawn_file_actions_adddup2(actions, socket, 0));
        }
        else
        {
            Check(Posix.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0));
        }

        Check(Posix.posix_spawn_file_actions_adddup2(actions, 0, 1));
        Check(standardError == StandardError.Socket
            ? Posix.posix_spawn_file_actions_adddup2(actions, 0, 2)
            : Posix.posix_spawn_file_actions_addopen(actions, 2, complaints, Posix.O_RDWR, 0));
        var process = new HandlerProcess(Spawn(actions, Command(arguments), environment), complaints);
        Check(Posix.posix_spawn_file_actions_destroy(actions));
        return process;
    }

    private static int Spawn(Span<byte> actions, string[] arguments, (string Name, string Value)[] environment)
    {
        Span<byte> attributes = stackalloc byte[Posix.OpaqueSize];
        Span<byte> signals = stackalloc byte[Posix.OpaqueSize];
        Check(Posix.posix_spawnattr_init(attributes));
        signals.Clear();
        Check(Posix.posix_spawnattr_setsigmask(attributes, signals));
        signals.Fill(0xff);
        Check(Posix.posix_spawnattr_setsigdefault(attributes, signals));
        Check(Posix.posix_spawnattr_setflags(attributes, Posix.POSIX_SPAWN_SETSIGDEF | Posix.POSIX_SPAWN_SETSIGMASK));

        var argv = Texts(arguments);
        var envp = Texts([.. environment.Select(variable => $"{variable.Name}={variable.Value}"), .. Runtime()]);
        Check(Posix.posix_spawn(out var pid, arguments[0], actions, attributes, argv, envp));
        foreach (var text in (nint[])[.. argv, .. envp])
        {
            Marshal.FreeCoTaskMem(text);
        }

        return pid;
    }

    // Only a program that is not compiled ahead of time needs these; a killed one would leave its debugger's pipes behind.
    private static IEnumerable<string> Runtime() =>
        from name in (string[])["DOTNET_ROOT", "PATH", "HOME", "DOTNET_EnableDiagnostics"]
        let value = name == "DOTNET_EnableDiagnostics" ? "0" : Environment.GetEnvironmentVariable(name)
        where value is not null
        select $"{name}={value}";

    private static nint[] Texts(IEnumerable<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static void Check(int error) =>
        Assert.True(error == 0, $"posix_spawn: {Marshal.GetPInvokeErrorMessage(error)}");

    private enum StandardError
    {
        File,
        Socket,
    }
}
