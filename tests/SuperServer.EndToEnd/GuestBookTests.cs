using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>A handler on the C# SDK, published as authors publish theirs: one program for every mode and under every inetd.</summary>
public sealed class GuestBookTests
{
    private const int Crowd = 2000;

    [Theory]
    [InlineData("tcp:127.0.0.1:0", "nowait", Who.Root)]
    [InlineData("tcp:127.0.0.1:0", "nowait", Who.OrdinaryUser)]
    [InlineData("tcp:127.0.0.1:0", "wait", Who.Root)]
    [InlineData("tcp:127.0.0.1:0", "wait", Who.OrdinaryUser)]
    [InlineData("tcp:127.0.0.1:0", "pool", Who.Root)]
    [InlineData("tcp:127.0.0.1:0", "pool", Who.OrdinaryUser)]
    [InlineData("tcp6:[::1]:0", "pool", Who.OrdinaryUser)]
    public async Task Guests_read_who_was_there_before_and_are_written_down(string listen, string mode, Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Service(folder, listen, mode));
        var address = listen.StartsWith("tcp6", StringComparison.Ordinal) ? "::1" : "127.0.0.1";

        Assert.Equal("Your words: Thank you.\r\n", await Client.Ask(daemon.Address("book"), "Ada was here\n"));
        Assert.Equal(
            $"{address}: Ada was here\r\nYour words: Thank you.\r\n", await Client.Ask(daemon.Address("book"), "Bob \u001b[2J too\nand more"));

        Assert.Equal([$"{address}: Ada was here", $"{address}: Bob [2J too"], Entries(folder));
        await daemon.Log.WaitForCount(2, Said.Says, "book");
        Assert.EndsWith($"{address} wrote 12 characters", daemon.Log.All(Said.Says)[0]["Line"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowait")]
    [InlineData("wait")]
    public async Task A_datagram_is_an_entry(string mode)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Service(folder, "udp:127.0.0.1:0", mode));
        using var client = new DatagramClient(daemon.Address("book", "udp"));

        Assert.Equal("\n", await client.Ask("Ada was here"));
        Assert.Equal("\n", await client.Ask("twice"));

        Assert.Equal(["127.0.0.1: Ada was here", "127.0.0.1: twice"], Entries(folder));
        Assert.Equal("0", (await daemon.Log.WaitFor(Said.EndedWithExit, "book"))["ExitCode"]);
    }

    [Fact]
    public async Task In_a_pool_a_line_of_the_log_names_the_connection()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Service(folder, "tcp:127.0.0.1:0", "pool"));

        await Client.Ask(daemon.Address("book"), "Ada was here\n");

        var connection = (await daemon.Log.WaitFor(Said.StartedFor, "book"))["Connection"];
        Assert.Equal($"[{connection}] 127.0.0.1 wrote 12 characters", (await daemon.Log.WaitFor(Said.Says, "book"))["Line"]);
    }

    [Theory]
    [InlineData("{ show = 5 }", "guest-book: option 'path' is missing")]
    [InlineData("{ path = \"/x\", show = \"all\" }", "guest-book: option 'show' must be a whole number from -2147483648 to 2147483647")]
    [InlineData("{ path = \"/x\", patience = \"long\" }", "guest-book: option 'patience' must be a duration such as \"90s\", \"5m\" or \"2h\"")]
    [InlineData("{ path = \"/x\", colour = \"red\" }", "guest-book: there is no option 'colour'")]
    public async Task A_wrong_option_is_an_error_in_the_log_and_exit_78(string options, string sentence)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Service(folder, "tcp:127.0.0.1:0", "nowait", options));

        Assert.Empty(await Client.Ask(daemon.Address("book"), ""));

        var said = await daemon.Log.WaitFor(Said.Says, "book");
        Assert.Equal((sentence, "Error"), (said["Line"], said["@l"]));
        Assert.Equal("78", (await daemon.Log.WaitFor(Said.EndedWithExit, "book"))["ExitCode"]);
    }

    [Fact]
    public async Task Two_thousand_guests_sit_in_one_worker_at_the_same_time()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var service = Service(folder, "tcp:127.0.0.1:0", "pool") + $"pool = {{ workers = 1, max_concurrent = {Crowd} }}\nmax_connections = {Crowd}";
        await using var daemon = await RunningDaemon.Start(folder, service);
        var guests = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => Client.Connect(daemon.Address("book"))));
        await Task.WhenAll(guests.Select(guest => guest.Receive("Your words: ".Length)));

        var worker = Assert.Single(daemon.Kernel.Children);
        TestContext.Current.TestOutputHelper?.WriteLine($"the worker has {worker.SharedMemory / 1024} kB with {Crowd} guests");
        Assert.InRange(worker.SharedMemory, 0, 60 << 20);
        await Task.WhenAll(guests.Select((guest, number) => guest.Send($"guest {number}\n")));
        await Task.WhenAll(guests.Select(guest => guest.Receive("Thank you.\r\n".Length)));
        Array.ForEach(guests, guest => guest.Dispose());

        await daemon.Log.WaitForCount(Crowd, Said.EndedWithExit, "book");
        Assert.Equal(Crowd, Entries(folder).Distinct().Count());
    }

    [Theory]
    [InlineData("xinetd", "nowait")]
    [InlineData("xinetd", "wait")]
    [InlineData("openbsd-inetd", "nowait")]
    [InlineData("openbsd-inetd", "wait")]
    [InlineData("systemd", "nowait")]
    public async Task It_serves_the_same_under(string name, string mode)
    {
        using var folder = PrivateFolder.For(Machine.IsRoot ? Who.Root : Who.OrdinaryUser);
        var entries = Sample.InstallGuestBook(folder);
        var handler = new ForeignHandler(folder.At("handlers/guest-book"), "", $$"""{"path":"{{entries}}","idle":"1s"}""");
        using var inetd = name switch
        {
            "xinetd" => await ForeignInetd.Xinetd(folder, mode, handler),
            "openbsd-inetd" => await ForeignInetd.OpenBsdInetd(folder, mode, handler),
            _ => await ForeignInetd.Systemd(folder, other: handler),
        };

        Assert.Equal("Your words: Thank you.\r\n", await Client.Ask(inetd.Service, "Ada was here\n"));
        Assert.Equal("127.0.0.1: Ada was here\r\nYour words: Thank you.\r\n", await Client.Ask(inetd.Service, "Bob too\n"));
    }

    [Theory]
    [InlineData("Program.cs")]
    [InlineData("GuestBookOptions.cs")]
    [InlineData("guest-book.toml")]
    public void The_documentation_shows_the_sample_as_it_is(string file)
    {
        var page = File.ReadAllText(Path.Combine(Programs.Project, "docs/handlers/sdk.md"));

        Assert.Contains(File.ReadAllText(Path.Combine(Sample.Folder, "CSharp", file)), page, StringComparison.Ordinal);
    }

    private static string[] Entries(PrivateFolder folder) => File.ReadAllLines(folder.At("entries"));

    private static string Service(PrivateFolder folder, string listen, string mode, string? options = null)
    {
        var entries = Sample.InstallGuestBook(folder);
        return $$"""
            [service.book]
            listen = "{{listen}}"
            handler = "guest-book"
            mode = "{{mode}}"
            options = {{options ?? $$"""{ path = "{{entries}}", idle = "500ms" }"""}}

            """;
    }
}
