using System.Globalization;
using System.Text.RegularExpressions;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>The small services that come with SuperServer as workers of a pool: one process for all clients.</summary>
public sealed partial class PoolBuiltInTests
{
    private const int Crowd = 2000;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Echo_returns_every_byte_and_ends_when_the_client_has_ended(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("echo"));
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef", 100_000));
        using var client = await Client.Connect(daemon.Address("echo"));
        var sending = client.Send(text);

        var heard = await client.Receive(text.Length);
        await sending;
        client.EndSending();

        Assert.Equal(text, heard);
        Assert.Equal("", await client.ReceiveAll());
        Assert.Equal("0", (await daemon.Log.WaitFor(Said.EndedWithExit, "echo"))["ExitCode"]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Discard_daytime_time_and_chargen_say_exactly_what_they_say_in_a_process_of_their_own(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Service("discard") + Service("daytime") + Service("time") + Service("chargen"));

        Assert.Equal("", await Client.Ask(daemon.Address("discard"), new string('x', 100_000)));
        Assert.Matches(OneLine(), await Client.Ask(daemon.Address("daytime"), new string('x', 2000)));
        Assert.InRange(Age(await Client.Ask(daemon.Address("time"), "what time is it?")), -5, 5);
        using var client = await Client.Connect(daemon.Address("chargen"));
        Assert.Equal(string.Concat(Enumerable.Range(0, 200).Select(ChargenLine)), await client.Receive(200 * 74));
        client.Dispose();

        await daemon.Log.WaitForCount(4, Said.EndedWithExit);
        Assert.Equal(4, daemon.Kernel.Children.Count);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Two_thousand_clients_talk_to_one_worker_at_the_same_time(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Service("echo", $"pool = {{ workers = 1, max_concurrent = {Crowd} }}\nmax_connections = {Crowd}"));
        var clients = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => Client.Connect(daemon.Address("echo"))));
        await Task.WhenAll(clients.Select((client, number) => client.Send(Word(number))));

        var heard = await Task.WhenAll(clients.Select((client, number) => client.Receive(Word(number).Length)));

        Assert.Equal(Enumerable.Range(0, Crowd).Select(Word), heard);
        var worker = Assert.Single(daemon.Kernel.Children);
        TestContext.Current.TestOutputHelper?.WriteLine($"the worker has {worker.SharedMemory / 1024} kB with {Crowd} clients");
        Assert.InRange(worker.SharedMemory, 0, 60 << 20);
        Array.ForEach(clients, client => client.Dispose());
        await daemon.Log.WaitForCount(Crowd, Said.EndedWithExit, "echo");
        Assert.Single(daemon.Log.All(Said.IsWorker));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Clients_that_reset_hurt_nobody_else(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("echo") + Service("chargen"));
        using var other = await Client.Connect(daemon.Address("echo"));
        for (var i = 0; i < 20; i++)
        {
            await Client.ConnectAndReset(daemon.Address("echo"));
            await Client.ConnectAndReset(daemon.Address("chargen"));
        }

        await daemon.Log.WaitForCount(20, Said.EndedWithExit, "echo");
        await daemon.Log.WaitForCount(20, Said.EndedWithExit, "chargen");

        await other.Send("still there");
        Assert.Equal("still there", await other.Receive(11));
        Assert.Equal(2, daemon.Log.All(Said.IsWorker).Count);
    }

    private static string Service(string handler, string keys = "") => $"""
        [service.{handler}]
        listen = "tcp:127.0.0.1:0"
        handler = "{handler}"
        mode = "pool"
        {keys}

        """;

    private static string Word(int number) => $"I am number {number.ToString(CultureInfo.InvariantCulture)}";

    // RFC 864 shows the 95 printing characters in a ring; line n starts with the nth.
    private static string ChargenLine(int number) =>
        string.Concat(Enumerable.Range(number, 72).Select(position => (char)(' ' + position % 95))) + "\r\n";

    private static double Age(string answer)
    {
        Assert.Equal(4, answer.Length);
        var seconds = answer.Aggregate(0L, (number, letter) => number * 256 + letter) - 2_208_988_800;
        return seconds - DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    }

    [GeneratedRegex(@"\A[ -~]+\r\n\z")]
    private static partial Regex OneLine();
}
