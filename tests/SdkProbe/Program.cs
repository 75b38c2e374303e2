using System.Diagnostics;
using System.Globalization;
using System.Text;
using SuperServer.Handlers;
using SuperServer.Handlers.Tests.Probing;

// A handler on the SDK that does what a test tells it to: the option 'do' for streams, the payload for datagrams.
var settings = new HandlerSettings
{
    Description = "Does what tests want.",
    Grace = TimeSpan.FromMilliseconds(300),
    MaxConcurrent = int.Parse(Environment.GetEnvironmentVariable("PROBE_MAX_CONCURRENT") ?? "100", CultureInfo.InvariantCulture),
};
return Environment.GetEnvironmentVariable("PROBE_SERVES") switch
{
    "streams" => await Handler.Run(args, (client, stop) => Task.CompletedTask, settings: settings),
    "datagrams" => await Handler.RunDatagrams(args, (datagram, stop) => Task.CompletedTask, settings),
    _ => await Handler.Run(args, ProbeJson.Default.ProbeOptions, Serve, Answer, settings),
};

static Task Serve(Client<ProbeOptions> client, CancellationToken stop) => client.Options.Do switch
{
    "echo" => client.Stream.CopyToAsync(client.Stream, stop),
    "facts" => Say(client, string.Join(' ', Facts(client)), stop),
    "variables" => Say(client, string.Join('\n', client.Variables.Select(variable => $"{variable.Key}={variable.Value}")), stop),
    "throw" => throw new InvalidOperationException("a mistake\nin two lines"),
    "bar" => throw new HandlerException(ExitCode.Misbehaved, "go away"),
    "code" => End(client),
    "log" => Log(client),
    "wait" => Wait(client, stop),
    "ignore" => Wait(client, CancellationToken.None),
    "print" => Print(),
    "spawn" => Spawn(),
    "block" => Block(client),
    _ => throw new HandlerException(ExitCode.Configuration),
};

static async Task Answer(Datagram<ProbeOptions> datagram, CancellationToken stop)
{
    var text = Encoding.UTF8.GetString(datagram.Payload.Span);
    await Task.Delay(text == "slow" ? TimeSpan.FromMilliseconds(300) : TimeSpan.Zero, stop);
    _ = text switch
    {
        "facts" => datagram.Reply(Encoding.UTF8.GetBytes(
            $"{datagram.RemoteAddress} {datagram.RemotePort} {datagram.LocalAddress} {datagram.LocalPort} {datagram.RemotePath}")),
        "throw" => throw new InvalidOperationException("a mistake"),
        "bar" => throw new HandlerException(ExitCode.Misbehaved, "go away"),
        _ => datagram.Reply(datagram.Payload.Span),
    };
}

static IEnumerable<object?> Facts(Client client) =>
[
    client.RemoteAddress, client.RemotePort, client.LocalAddress, client.LocalPort, client.RemotePath, client.LocalPath,
    client.Credentials?.ProcessId, client.Service, client.ConnectionId,
];

static Task Say(Client client, string text, CancellationToken stop) =>
    client.Stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop).AsTask();

static Task End(Client<ProbeOptions> client)
{
    client.ExitCode = client.Options.Code;
    return Task.CompletedTask;
}

static Task Log(Client client)
{
    client.Log.Debug("deep");
    client.Log.Information("plain");
    client.Log.Warning("one\n\ntwo");
    client.Log.Error(new string('x', 10_000));
    return Task.CompletedTask;
}

static async Task Wait(Client client, CancellationToken stop)
{
    await Say(client, "ready", stop);
    await Task.Delay(Timeout.InfiniteTimeSpan, stop);
}

static Task Print()
{
    Console.WriteLine("printed");
    return Task.CompletedTask;
}

// What a program that we start has on descriptor 0, and how many sockets.
static async Task Spawn()
{
    using var child = Process.Start("/bin/sh", ["-c", "echo $(readlink /proc/self/fd/0) $(ls -l /proc/self/fd | grep -c socket:) >&2"])!;
    await child.WaitForExitAsync();
}

static async Task Block(Client<ProbeOptions> client)
{
    await Say(client, "ready", CancellationToken.None);
    Thread.Sleep(client.Options.Pause);
}
