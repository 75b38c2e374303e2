using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer.Tests.Launching;

/// <summary>Real children on real sockets, by the shared library form of spawn.c.</summary>
public sealed class LauncherTests : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(10);

    private readonly Launcher _launcher = new(TimeProvider.System);
    private readonly Socket _ours;
    private readonly Socket _theirs;

    static LauncherTests() => Spawn.Prepare();

    public LauncherTests()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ours = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        _ours.Connect(listener.LocalEndpoint);
        _theirs = listener.AcceptSocket();
    }

    [Fact]
    public void The_program_speaks_to_the_client_on_the_socket()
    {
        Launch("/bin/echo", "echo", "hello");

        Assert.Equal("hello\n", ReadAll());
    }

    [Fact]
    public void The_argument_vector_is_exactly_the_one_that_was_written()
    {
        Launch("/bin/sh", "my own name", "-c", "printf '%s|' \"$0\" \"$@\"; cat /proc/$$/cmdline", "a b", "", "c\"d");

        Assert.StartsWith("a b||c\"d|my own name\0-c\0", ReadAll(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_holds_the_connection_the_services_own_variables_and_nothing_else()
    {
        var service = Some.Service with
        {
            Name = "env",
            Program = "/usr/bin/env",
            Arguments = ["env"],
            Environment = [new("GREETING", "good day, sir"), new("LANG", "de_DE.UTF-8")],
        };
        var id = Launch(service).Child.Id;

        Assert.Equal(
            new[]
            {
                "GREETING=good day, sir", "LANG=de_DE.UTF-8", "PATH=/bin", "PROTO=TCP", "REMOTE_ADDR=192.0.2.7",
                "REMOTE_HOST=192.0.2.7", "REMOTE_PORT=40112", $"SUPERSERVER_CONNECTION={id}", "SUPERSERVER_SERVICE=env",
                "TCPLOCALIP=198.51.100.20", "TCPLOCALPORT=23", "TCPREMOTEIP=192.0.2.7", "TCPREMOTEPORT=40112",
            },
            ReadAll().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_client_in_a_virtual_machine_is_described_by_numbers()
    {
        using var plan = new LaunchPlan(Some.Service with { Program = "/usr/bin/env", Arguments = ["env"] }, []);

        _launcher.Launch(Some.Service, plan, new Arrival((int)_theirs.Handle, Peer.Internet(Vsock(3, 1024)), Vsock(2, 23)));

        Assert.Equal(
            ["PROTO=VSOCK", "VSOCKLOCALCID=2", "VSOCKLOCALPORT=23", "VSOCKREMOTECID=3", "VSOCKREMOTEPORT=1024"],
            ReadAll().Split('\n').Where(line => line.Contains("SOCK", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Two_launches_have_two_ids()
    {
        var first = Launch("/bin/true", "true").Child.Id;
        var second = Launch("/bin/true", "true").Child.Id;

        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Signals_are_default_and_none_is_blocked_although_the_runtime_ignores_SIGPIPE()
    {
        Launch("/bin/cat", "cat", "/proc/self/status");

        var status = ReadAll();
        Assert.Contains("SigIgn:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("SigBlk:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("SigCgt:\t0000000000000000", status, StringComparison.Ordinal);
    }

    [Fact]
    public void Standard_error_for_the_log_arrives_in_the_pipe_and_not_at_the_client()
    {
        var service = Some.Service with
        {
            Program = "/bin/sh",
            Arguments = ["sh", "-c", "echo out; echo err >&2"],
            StandardError = StandardError.Log,
        };

        var words = Launch(service).Words;

        Assert.Equal("out\n", ReadAll());
        using var pipe = new FileStream(new SafeFileHandle(words, ownsHandle: true), FileAccess.Read);
        Assert.Equal("err\n", new StreamReader(pipe).ReadToEnd());
    }

    [Theory]
    [InlineData("/nonexistent/program", "/", Spawn.Step.Exec, 2)]
    [InlineData("/etc/passwd", "/", Spawn.Step.Exec, 13)]
    [InlineData("/bin/true", "/nonexistent", Spawn.Step.Directory, 2)]
    public void A_child_that_fails_before_it_runs_comes_back_as_step_and_errno(
        string program, string directory, object step, int errno)
    {
        var service = Some.Service with { Program = program, WorkingDirectory = directory };

        var failed = Assert.IsType<LaunchResult.Failed>(TryLaunch(service));

        Assert.Equal((step, errno), (failed.Step, failed.Error));
        Assert.False(failed.IsShortage);
    }

    [Fact]
    public void A_failed_start_leaves_no_descriptor()
    {
        var service = Some.Service with { Program = "/nonexistent/program", StandardError = StandardError.Log };
        using var plan = new LaunchPlan(service, []);
        _ = _launcher.Launch(service, plan, Arrival());
        var before = OpenDescriptors();

        for (var round = 0; round < 50; round++)
        {
            Assert.IsType<LaunchResult.Failed>(_launcher.Launch(service, plan, Arrival()));
        }

        Assert.InRange(OpenDescriptors(), 0, before + 10);      // the test runner opens some of its own meanwhile
    }

    [Theory]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 75", 75, null)]
    [InlineData("kill -9 $$", null, 9)]
    public void An_ending_is_an_exit_code_or_a_signal(string script, int? code, int? signal)
    {
        var child = Launch("/bin/sh", "sh", "-c", script).Child;

        var ending = Reap(child);

        Assert.Equal((code, signal), (ending.ExitCode, ending.Signal));
    }

    [Fact]
    public void A_child_that_lives_has_no_ending_yet()
    {
        var child = Launch("/bin/cat", "cat").Child;

        Assert.Null(Reaper.TryReap(child));

        _ours.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, Reap(child).ExitCode);
    }

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
        _launcher.Dispose();
    }

    private static int OpenDescriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static Ending Reap(Child child)
    {
        var until = DateTime.UtcNow + _deadline;
        while (DateTime.UtcNow < until)
        {
            if (Reaper.TryReap(child) is { } ending)
            {
                child.Dispose();
                return ending;
            }

            Thread.Sleep(5);
        }

        throw new TimeoutException($"pid {child.Pid} did not end");
    }

    private LaunchResult.Launched Launch(string program, params string[] arguments) =>
        Launch(Some.Service with { Program = program, Arguments = new ValueList<string>(arguments) });

    private LaunchResult.Launched Launch(ServiceDefinition service) => Assert.IsType<LaunchResult.Launched>(TryLaunch(service));

    private LaunchResult TryLaunch(ServiceDefinition service)
    {
        using var plan = new LaunchPlan(service, [new("PATH", "/bin"), new("LANG", "C.UTF-8")]);
        return _launcher.Launch(service, plan, Arrival());
    }

    private Arrival Arrival() => new(
        (int)_theirs.Handle,
        Peer.Internet(new SocketName(InternetAddress.FromV4(0xc0000207), 40112)),
        new SocketName(InternetAddress.FromV4(0xc6336414), 23));

    private static SocketName Vsock(uint cid, uint port)
    {
        var endpoint = new Endpoint { Transport = Transport.Vsock, Vsock = new VsockAddress(cid, port) };
        return SocketName.Read(SocketName.Write(endpoint, out var length), length);
    }

    private string ReadAll()
    {
        _theirs.Close();    // the child has its own: without this there would never be an end
        using var stream = new NetworkStream(_ours);
        return new StreamReader(stream).ReadToEnd();
    }
}
