using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>An event that is recorded is an event that is mailed, whatever is killed and whenever.</summary>
public sealed class KillTests
{
    private const int Rounds = 12;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Every_recorded_event_is_mailed_though_daemon_handler_and_mailer_are_killed_again_and_again(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var services = Alerting.TelnetAndSsh(folder);
        var random = new Random(Environment.ProcessId);
        for (var round = 0; round < Rounds; round++)
        {
            await using var doomed = await RunningDaemon.Start(folder, services);
            using var stop = new CancellationTokenSource();
            var probes = Probe(doomed.Address("telnet"), stop.Token);
            await Task.Delay(random.Next(50, 400), TestContext.Current.CancellationToken);
            await KillSome(doomed, random);
            await stop.CancelAsync();
            await probes;
        }

        await using var daemon = await RunningDaemon.Start(folder, services);
        await Client.Hear(daemon.Address("telnet"));
        var spool = new Spool(folder);
        var recorded = await WhenSettled(() => spool.Touches.Count);

        var mails = await new Maildir(folder.At("maildir")).AboutEvents(recorded, seconds: 60);

        Assert.True(recorded > Rounds, $"only {recorded} events were recorded");
        Assert.Equal(Enumerable.Range(1, recorded), Mail.EventsOf(mails));
        Assert.All(mails, mail => Assert.Equal(mail.Events.Last - mail.Events.First + 1, mail.Events.Held));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_mailer_that_was_killed_is_started_again_and_sends_what_was_waiting(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        await Client.Hear(daemon.Address("telnet"));
        Machine.KillIfAlive((await daemon.Child("superserver-mailer")).Pid);

        Assert.Equal((1, 1, 1), (await new Maildir(folder.At("maildir")).First()).Events);
    }

    [Fact]
    public async Task A_mailer_that_could_not_be_started_is_tried_again_by_itself()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var handlers = folder.Create("handlers");
        foreach (var file in Directory.GetFiles(Programs.Folder))
        {
            File.Copy(file, Path.Combine(handlers, Path.GetFileName(file)));
        }

        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        var mailer = Path.Combine(handlers, "superserver-mailer");
        File.Move(mailer, mailer + ".away");
        Machine.KillIfAlive((await daemon.Child("superserver-mailer")).Pid);
        await daemon.Log.WaitFor(Said.CouldNotBeStarted, "superserver-mailer");
        await Client.Hear(daemon.Address("telnet"));
        await daemon.Log.WaitForCount(2, Said.CouldNotBeStarted, "superserver-mailer");
        File.Move(mailer + ".away", mailer);

        Assert.Equal((1, 1, 1), (await new Maildir(folder.At("maildir")).First()).Events);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_was_recorded_when_everything_was_killed_is_mailed_at_the_next_start(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var services = Alerting.TelnetAndSsh(folder).Replace("200ms", "30s", StringComparison.Ordinal);
        await using (var doomed = await RunningDaemon.Start(folder, services))
        {
            await Client.Hear(doomed.Address("telnet"));
            var mailer = await doomed.Child("superserver-mailer");
            await doomed.Kill();
            Machine.KillIfAlive(mailer.Pid);
        }

        await using var daemon = await RunningDaemon.Start(folder, services.Replace("30s", "200ms", StringComparison.Ordinal));

        Assert.Equal((1, 1, 1), (await new Maildir(folder.At("maildir")).First()).Events);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_mailer_whose_daemon_was_killed_sends_what_waits_at_once_and_ends(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var services = Alerting.TelnetAndSsh(folder).Replace("200ms", "1h", StringComparison.Ordinal);
        await using var doomed = await RunningDaemon.Start(folder, services);
        await Client.Hear(doomed.Address("telnet"));
        var mailer = (await doomed.Child("superserver-mailer")).Pid;

        await doomed.Kill();

        Assert.Equal((1, 1, 1), (await new Maildir(folder.At("maildir")).First()).Events);
        await Eventually.Holds(() => !new LinuxProcess(mailer).IsAlive, "end of the mailer");
    }

    private static async Task Probe(IPEndPoint address, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Client.ConnectAndReset(address);
                await Client.Hear(address).WaitAsync(stop);
            }
            catch (SocketException)
            {
                await Task.Yield();     // it was killed under us: that is what this is about
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Whose handshake ends in the moment in which a listener is closed is sometimes not told (Linux 6.18: a client of a
                // bare accept loop that is killed hung in 2 of 2,318 rounds).
                return;
            }
        }
    }

    // Any of the three, in any order, up to four blows; the daemon's end is the end of the round.
    private static async Task KillSome(RunningDaemon daemon, Random random)
    {
        for (var blow = 0; blow < 4; blow++)
        {
            if (random.Next(4) == 0)
            {
                break;
            }

            var children = daemon.Kernel.Children;
            if (children.Count > 0)
            {
                Machine.KillIfAlive(children[random.Next(children.Count)].Pid);
            }

            await Task.Delay(random.Next(0, 100));
        }

        await daemon.Kill();
    }

    // Handlers that outlive their daemon may record for a few seconds more.
    private static async Task<int> WhenSettled(Func<int> count)
    {
        var (last, seen) = (-1, count());
        while (last != seen)
        {
            await Task.Delay(3000);
            (last, seen) = (seen, count());
        }

        return seen;
    }

    /// <summary>At the first of each kind of call, at the second, and so on. Whom it had not recorded by then is lost, and was told nothing.</summary>
    [Fact]
    public async Task Whoever_was_told_that_he_is_recorded_is_in_a_mail_at_whatever_step_the_handler_is_killed()
    {
        const int Visits = 100;
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Tripwires.RunThrough(
            folder,
            "strace --quiet=all -f -o /dev/null -e trace=$step -e inject=$step:signal=KILL:when=$((1 + n / 10))",
            "n=${SUPERSERVER_CONNECTION##*-}; step=$(echo openat mmap getsockname write fdatasync lseek sendto close shutdown poll | cut -d ' ' -f $((1 + n % 10)))");
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        var told = 0;
        for (var i = 0; i < Visits; i += 10)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Client.Hear(daemon.Address("telnet"))));
            told += answers.Count(answer => answer.Length > 0);
        }

        await daemon.Log.WaitForCount(Visits, Said.Ended, "telnet");
        var killed = daemon.Log.All(Said.Ended, "telnet").Count(line => line["Signal"] == "9");
        var maildir = new Maildir(folder.At("maildir"));
        await maildir.AboutEvents(told);
        await Task.Delay(1500, TestContext.Current.CancellationToken);      // whoever was not told, and is recorded, or is there twice

        var events = Mail.EventsOf(maildir.Mails);
        Assert.Equal(Enumerable.Range(1, events.Count), events);
        Assert.InRange(events.Count, told, Visits);
        Assert.True(killed > 10 && told > 10, $"{killed} were killed, {told} were told");
        TestContext.Current.TestOutputHelper?.WriteLine($"{killed} killed, {told} told, {events.Count} mailed");
    }
}
