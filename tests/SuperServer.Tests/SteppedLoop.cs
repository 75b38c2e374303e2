using System.Net;
using System.Net.Sockets;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Launching;
using SuperServer.Recording;
using SuperServer.Tests.Recording;

namespace SuperServer.Tests;

/// <summary>
/// The daemon's loop in this process, with real sockets and real children, and a clock that moves when the test says so. It turns
/// only when it is told to.
/// </summary>
internal sealed class SteppedLoop : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);

    private readonly CollectingSink _sink = new();
    private readonly LoggingLevelSwitch _level = new();
    private readonly Dispatcher _dispatcher;
    private readonly List<Socket> _clients = [];

    static SteppedLoop() => Spawn.Prepare();

    public SteppedLoop(params ServiceDefinition[] services)
        : this(_ => services)
    {
    }

    public SteppedLoop(Stint stint, params ServiceDefinition[] services)
        : this(_ => services, stint)
    {
    }

    /// <param name="services">Made from the path of a folder that goes with the loop.</param>
    /// <param name="stint">How long it serves.</param>
    public SteppedLoop(Func<string, ServiceDefinition[]> services, Stint? stint = null)
    {
        var configuration = new ServerConfiguration
        {
            File = Path.Combine(Folder, "superserver.toml"),
            Daemon = new DaemonDefinition { RunDirectory = Folder, StateDirectory = Folder, HandlersDirectory = Folder },
            Services = new ValueList<ServiceDefinition>(services(Folder)),
        };
        var log = new LoggerConfiguration().MinimumLevel.ControlledBy(_level).WriteTo.Sink(_sink).CreateLogger();
        _dispatcher = new Dispatcher(
            configuration, [new EnvironmentVariable("PATH", "/usr/bin:/bin")], _ => throw new InvalidOperationException("no reload"),
            new Journal(log, _level, Clock), new ServiceManager(null, null, _ => { }), Clock,
            new OwnTasks(Some.Service, Some.Service, Some.Service), stint);
        Assert.True(_dispatcher.Open());
    }

    public StoppedClock Clock { get; } = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("superserver-").FullName;

    public bool HasEnded => _dispatcher.IsDone;

    /// <summary>Nothing but warnings and errors is kept from now on.</summary>
    public void BeQuiet() => _level.MinimumLevel = LogEventLevel.Warning;

    /// <summary>The lines whose template holds these words.</summary>
    public IReadOnlyList<LogEvent> Lines(string words) =>
        [.. _sink.Events.Where(line => line.MessageTemplate.Text.Contains(words, StringComparison.Ordinal))];

    public int Count(string words) => Lines(words).Count;

    /// <summary>The property {Seconds} of each line with these words.</summary>
    public IEnumerable<double> Seconds(string words) =>
        Lines(words).Select(line => (double)((ScalarValue)line.Properties["Seconds"]).Value!);

    public Socket Connect(string service = "some")
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)_deadline.TotalMilliseconds };
        _clients.Add(client);
        client.Connect(Address(service));
        return client;
    }

    public IPEndPoint Address(string service = "some")
    {
        var line = Lines("listening on").Last(line => line.Properties["Service"].ToString() == $"\"{service}\"");
        return IPEndPoint.Parse(line.Properties["Endpoint"].ToString().Trim('"')[4..]);
    }

    /// <summary>Enough turns for everything that can be done at this moment; whatever a child has still to do it does not wait for.</summary>
    public void Turn()
    {
        for (var turn = 0; turn < 5; turn++)
        {
            _dispatcher.Turn(TimeSpan.Zero);
        }
    }

    /// <summary>Turns until it holds. The clock stands still meanwhile.</summary>
    public void TurnUntil(Func<bool> holds, string what)
    {
        var until = Environment.TickCount64 + (long)_deadline.TotalMilliseconds;
        while (!holds())
        {
            Assert.True(Environment.TickCount64 < until, $"no {what}; the log:\n{string.Join('\n', _sink.Lines)}");
            _dispatcher.Turn(TimeSpan.FromMilliseconds(20));
        }
    }

    public void TurnUntil(int count, string words) => TurnUntil(() => Count(words) >= count, $"{count} lines with '{words}'");

    /// <summary>What these words have been logged how often just before the time, and at the time, is the whole of the test.</summary>
    public void AssertHappensExactlyAfter(TimeSpan time, string words)
    {
        var before = Count(words);
        Clock.Advance(time - TimeSpan.FromMilliseconds(1));
        Turn();
        Assert.Equal(before, Count(words));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        TurnUntil(before + 1, words);
    }

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        _dispatcher.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
