using System.Globalization;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class ExecTests : IDisposable
{
    private readonly Workshop _workshop = new();

    private string Program => Path.Combine(_workshop.Root, "hook");

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task The_program_gets_its_arguments_the_payload_and_no_environment()
    {
        Script($"printf '%s\\n' \"$@\" > {_workshop.Root}/args; cat > {_workshop.Root}/stdin; env > {_workshop.Root}/env; pwd > {_workshop.Root}/pwd");

        var attempt = await Deliver("a b", "$(id)");

        Assert.Equal(["a@example.org", "b@example.org"], attempt.Accepted);
        Assert.Equal(("a b\n$(id)\n", """{"a":1}""", "/\n"), (Read("args"), Read("stdin"), Read("pwd")));
        Assert.DoesNotContain("SUPERSERVER", Read("env"), StringComparison.Ordinal);
        Assert.Contains("PATH=/usr/local/bin:/usr/bin:/bin\n", Read("env"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_pipe_kills_it_as_it_kills_other_programs()
    {
        Script($"grep SigIgn /proc/self/status > {_workshop.Root}/ignored");

        Assert.Null((await Deliver()).Failure);

        Assert.Equal(0UL, Convert.ToUInt64(Read("ignored").Trim()[^16..], 16) >> 12 & 1);
    }

    [Theory]
    [InlineData("echo no >&2; exit 75", "Transient", "exit code 75 (try again later) no")]
    [InlineData("exit 1", "Transient", "exit code 1")]
    [InlineData("exit 65", "Permanent", "exit code 65")]
    [InlineData("exit 78", "Configuration", "exit code 78")]
    [InlineData("kill -9 $$", "Transient", "killed by signal 9")]
    public async Task The_exit_code_says_how_to_go_on(string script, string kind, string words)
    {
        Script(script);

        var failure = (await Deliver()).Failure!;

        Assert.Equal((kind, $"exec {Program}: {words}"), (failure.Class.ToString(), failure.Words));
    }

    [Fact]
    public async Task When_its_time_is_over_it_is_killed_with_all_that_it_started()
    {
        Script($"sleep 600 & echo $! > {_workshop.Root}/pid; (sleep 600 & echo $! > {_workshop.Root}/orphan); exec sleep 600");

        var failure = (await Deliver(TimeSpan.FromSeconds(3))).Failure!;

        Assert.Equal(FailureClass.Transient, failure.Class);
        Assert.Contains("no end within 3 s; it was killed", failure.Words, StringComparison.Ordinal);
        Assert.All((string[])["pid", "orphan"], name => Assert.True(
            SpinWait.SpinUntil(() => HasEnded(int.Parse(Read(name), CultureInfo.InvariantCulture)), TimeSpan.FromSeconds(10)), name));
    }

    [Fact]
    public async Task A_missing_program_is_a_matter_of_configuration() =>
        Assert.Equal(FailureClass.Configuration, (await Deliver()).Failure!.Class);

    [Fact]
    public async Task A_file_that_is_no_program_is_a_matter_of_configuration()
    {
        Workshop.Write(Program, "#!/bin/sh\n");

        var failure = (await Deliver()).Failure!;

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains("Permission denied", failure.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_has_the_subject_and_cannot_fail()
    {
        var said = new List<string>();

        var attempt = await new LogTransport(said.Add).Deliver(WebhookTests.SomeParcel, TestContext.Current.CancellationToken);

        Assert.Equal(2, attempt.Accepted.Count);
        Assert.Equal(["ALERT [web1] telnet tripwire: 203.0.113.7 (mail id@web1)"], said);
    }

    private static bool HasEnded(int pid) =>
        !Directory.Exists($"/proc/{pid}") || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private void Script(string text)
    {
        Workshop.Write(Program, $"#!/bin/sh\n{text}\n");
#pragma warning disable CA1416 // there is only one platform
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
#pragma warning restore CA1416
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_workshop.Root, name));

    private Task<Attempt> Deliver(params string[] arguments) => Deliver(TimeSpan.FromSeconds(60), arguments);

    private Task<Attempt> Deliver(TimeSpan patience, params string[] arguments) =>
        new ExecTransport([Program, .. arguments], patience).Deliver(WebhookTests.SomeParcel, TestContext.Current.CancellationToken);
}
