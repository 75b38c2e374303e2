using System.Text;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class SendmailTests : IDisposable
{
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(60);

    private readonly Workshop _workshop = new();

    private string Program => Path.Combine(_workshop.Root, "sendmail");

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task The_program_gets_its_arguments_and_the_whole_message_and_no_environment()
    {
        Script($"printf '%s\\n' \"$@\" > {_workshop.Root}/args; cat > {_workshop.Root}/stdin; env > {_workshop.Root}/env");
        var message = Enumerable.Range(0, 200_000).Select(i => (byte)('a' + (i % 26))).ToArray();

        var attempt = await Deliver(message, _long);
        Assert.Equal(["a@example.org", "b@example.org"], attempt.Accepted);
        Assert.Equal("-i\n-f\nfrom@example.org\n--\na@example.org\nb@example.org\n", Read("args"));
        Assert.Equal(Encoding.ASCII.GetString(message), Read("stdin"));
        Assert.DoesNotContain("HOME=", Read("env"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(75, "Transient")]
    [InlineData(70, "Transient")]
    [InlineData(71, "Transient")]
    [InlineData(72, "Transient")]
    [InlineData(73, "Transient")]
    [InlineData(74, "Transient")]
    [InlineData(1, "Transient")]
    [InlineData(42, "Transient")]
    [InlineData(65, "Permanent")]
    [InlineData(67, "Permanent")]
    [InlineData(68, "Permanent")]
    [InlineData(64, "Configuration")]
    [InlineData(69, "Configuration")]
    [InlineData(77, "Configuration")]
    [InlineData(78, "Configuration")]
    [InlineData(126, "Configuration")]
    [InlineData(127, "Configuration")]
    public async Task The_exit_code_says_how_to_go_on(int code, string kind)
    {
        Script($"echo 'no such user' >&2; exit {code}");

        var attempt = await Deliver([1], _long);
        Assert.Empty(attempt.Accepted);
        Assert.Equal(kind, attempt.Failure!.Class.ToString());
        Assert.StartsWith($"sendmail {Program}: exit code {code}", attempt.Failure.Words, StringComparison.Ordinal);
        Assert.EndsWith("no such user", attempt.Failure.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(15)]
    public async Task A_program_that_a_signal_ends_is_tried_again(int signal)
    {
        Script($"ulimit -c 0; kill -{signal} $$");

        var failure = (await Deliver([1], _long)).Failure!;
        Assert.Equal((FailureClass.Transient, $"sendmail {Program}: killed by signal {signal}"), (failure.Class, failure.Words));
    }

    [Theory]
    [InlineData("exec sleep 600")]
    [InlineData("trap '' TERM INT HUP; while :; do sleep 1; done")]
    [InlineData("exec yes complaint >&2")]
    public async Task A_program_that_does_not_end_is_killed_and_so_is_what_it_started(string script)
    {
        Script($"echo $$ > {_workshop.Root}/pid; {script}");

        var failure = (await Deliver([1], TimeSpan.FromSeconds(1))).Failure!;
        Assert.Equal(FailureClass.Transient, failure.Class);
        Assert.Contains("it was killed", failure.Words, StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{Read("pid").Trim()}/cwd"), TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData("yes 'no such user' | head -c 20000000 >&2; exit 67", "Permanent")]
    [InlineData("head -c 20000000 /dev/zero | tr '\\0' x >&2; exit 75", "Transient")]
    [InlineData("head -c 20000000 /dev/zero | tr '\\0' x; exit 0", null)]
    [InlineData("printf '\\033[2J\\000\\r\\n.\\r\\nQUIT\\342\\200\\256' >&2; exit 65", "Permanent")]
    public async Task Much_that_it_says_stops_it_not_and_takes_no_memory_and_is_harmless(string script, string? kind)
    {
        Script(script);
        var before = GC.GetTotalAllocatedBytes();

        var attempt = await Deliver([1], _long);

        Assert.Equal((kind, kind is null ? 2 : 0), (attempt.Failure?.Class.ToString(), attempt.Accepted.Count));
        Assert.InRange(attempt.Failure?.Words.Length ?? 0, 0, 400);
        Assert.DoesNotContain(attempt.Failure?.Words ?? "", letter => letter is < ' ' or > '~');
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 60_000_000);
    }

    [Fact]
    public async Task A_program_that_leaves_somebody_with_its_output_is_not_waited_for()
    {
        Script("sleep 30 & exit 0");

        Assert.Equal(2, (await Deliver([1], TimeSpan.FromSeconds(15))).Accepted.Count);
    }

    [Fact]
    public async Task A_missing_program_is_a_matter_of_configuration() =>
        Assert.Equal(FailureClass.Configuration, (await Deliver([1], _long)).Failure!.Class);

    private void Script(string text)
    {
        Workshop.Write(Program, $"#!/bin/sh\n{text}\n");
#pragma warning disable CA1416 // there is only one platform
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
#pragma warning restore CA1416
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_workshop.Root, name));

    private Task<Attempt> Deliver(byte[] message, TimeSpan patience) => new SendmailTransport(Program, patience).Deliver(
        new Parcel(1, "id@web1", message)
        {
            Sender = "from@example.org",
            Recipients = ["a@example.org", "b@example.org"],
            MadeAt = ManualClock.Start,
        },
        TestContext.Current.CancellationToken);
}
