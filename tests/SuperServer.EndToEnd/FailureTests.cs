using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>A program that was fine when the file was read and cannot be started now.</summary>
public sealed class FailureTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public Task A_program_that_was_removed(Who who) =>
        StartFailsWith(who, "No such file or directory", File.Delete);

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public Task A_program_that_is_no_longer_executable(Who who) =>
        StartFailsWith(who, "Permission denied", program => File.SetUnixFileMode(program, (UnixFileMode)0b110_100_100));

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public Task A_program_whose_interpreter_does_not_exist(Who who) =>
        StartFailsWith(who, "No such file or directory", program => File.WriteAllText(program, "#!/no/such/interpreter\n"));

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public Task A_program_that_is_no_program(Who who) =>
        StartFailsWith(who, "Exec format error", program => File.WriteAllText(program, "\u0001\u0002\u0003 nothing executable"));

    [Theory]
    [Trait("Conformance", "defect 7")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_whose_program_comes_back_serves_again(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var program = folder.WriteProgram("program", "#!/bin/sh\necho hello\n");
        await using var daemon = await RunningDaemon.Start(folder, Service("tcp", program));
        File.Move(program, program + ".away");
        Assert.Empty(await Client.Hear(daemon.Address("fragile")));
        File.Move(program + ".away", program);

        Assert.Equal("hello\n", await Client.Hear(daemon.Address("fragile")));
    }

    [Theory]
    [Trait("Conformance", "behaviour 5")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_datagram_for_a_program_that_cannot_be_started_is_consumed_and_starts_nothing_again(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var program = folder.WriteProgram("program", "#!/bin/sh\ncat\n");
        await using var daemon = await RunningDaemon.Start(folder, Service("udp", program));
        File.Delete(program);
        using var client = new DatagramClient(daemon.Address("fragile", "udp"));
        client.Send("for nobody");

        var failure = await daemon.Log.WaitFor(Said.CouldNotBeStarted, "fragile");
        await Task.Delay(2500, TestContext.Current.CancellationToken);    // longer than the first pauses

        Assert.Contains("No such file", failure["Error"], StringComparison.Ordinal);
        Assert.Single(daemon.Log.All(Said.CouldNotBeStarted));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_failed_start_leaves_no_zombie_and_no_descriptor(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var program = folder.WriteProgram("program", "#!/bin/sh\n");
        await using var daemon = await RunningDaemon.Start(folder, Service("tcp", program));
        File.Delete(program);
        Assert.Empty(await Client.Hear(daemon.Address("fragile")));
        var before = daemon.Kernel.Descriptors.Count;

        for (var i = 0; i < 2; i++)     // each time the service rests longer
        {
            Assert.Empty(await Client.Hear(daemon.Address("fragile")));
        }

        await Eventually.Holds(() => daemon.Kernel.Descriptors.Count <= before, "closing of the last descriptor");
        Assert.Empty(daemon.Kernel.Children);
    }

    private static async Task StartFailsWith(Who who, string error, Action<string> spoil)
    {
        using var folder = PrivateFolder.For(who);
        var program = folder.WriteProgram("program", "#!/bin/sh\necho hello\n");
        await using var daemon = await RunningDaemon.Start(folder, Service("tcp", program));
        spoil(program);

        Assert.Empty(await Client.Hear(daemon.Address("fragile")));

        var failure = await daemon.Log.WaitFor(Said.CouldNotBeStarted, "fragile");
        Assert.Contains("exec", failure["Step"], StringComparison.Ordinal);
        Assert.Contains(error, failure["Error"], StringComparison.Ordinal);
    }

    private static string Service(string scheme, string program) => $"""
        [service.fragile]
        listen = "{scheme}:127.0.0.1:0"
        exec = ["{program}"]
        """;
}
