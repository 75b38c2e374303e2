using System.Text;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.BuiltIn.Notelnet;

namespace SuperServer.Handlers.BuiltIn.Shed;

/// <summary>
/// shed: records how many visitors a tripwire never saw. The daemon, which counts them, starts it as the tripwire's user: root itself
/// writes nothing into the spool, where others have a say.
/// </summary>
internal static class ShedTask
{
    public const string Name = "shed";

    public static int Run()
    {
        Confinement.EnterForOne();
        return Run(Environment.GetEnvironmentVariable);
    }

    /// <summary>The exit codes are notelnet's: 0 kept, 75 kept nowhere, and the daemon keeps the count.</summary>
    public static int Run(Func<string, string?> environment)
    {
        if (MissedVisitors.Read(environment, out var wrong) is not { } missed)
        {
            Output.Complain($"{Name}: {wrong}");
            return ExitCode.Usage;
        }

        var journal = new Journal(environment("SUPERSERVER_SPOOL"), environment("SUPERSERVER_ALERT_SOCKET"));
        var line = AlertWriter.Write(missed);
        if (journal.Append(line, unconfirmed => Output.Complain($"{Name}: recorded, but not confirmed by the disk: {unconfirmed}")) is { } failure)
        {
            return Count(journal, missed, line, failure);
        }

        journal.RingBell();
        return ExitCode.Done;
    }

    private static int Count(Journal journal, ShedRecord missed, byte[] line, string failure)
    {
        var busiest = missed.Busiest.Count > 0 ? missed.Busiest[0].Address : null;
        var isCounted = journal.Lane is { } lane && Overflow.Count(lane, missed.Service, busiest, missed.To, missed.Connections);
        Output.Complain($"{Name}: cannot record: {failure}; {(isCounted ? "counted in" : "not even counted in")} {Overflow.FileName}; "
            + $"the record: {Encoding.ASCII.GetString(line)}");
        if (!isCounted)
        {
            return ExitCode.TryLater;
        }

        Overflow.Sync(journal.Lane!);
        journal.RingBell();
        return ExitCode.Done;
    }
}
