using System.Text;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>Where a touch goes that the journal has not taken: its count into the overflow, its whole record into the log.</summary>
internal sealed class LastResort(string? lane, Action<string> log)
{
    /// <summary>The system's log, for an inetd that has put the client on descriptor 2.</summary>
    private const string SystemLog = "/dev/log";

    private const int StandardError = 2;

    // Facility daemon, severity error (RFC 3164).
    private const string Priority = "<27>";

    /// <summary>For the lane of a journal, with the log that this process has.</summary>
    public static LastResort Of(Journal journal) => new(journal.Lane, Log);

    public Kept Keep(TouchRecord touch, ReadOnlySpan<byte> line, string failure)
    {
        var isCounted = lane is not null && Overflow.Count(lane, touch.Service, touch.Source.Address, touch.At);
        log($"{Tripwire.Name}: cannot record: {failure}; {(isCounted ? "counted in" : "not even counted in")} {Overflow.FileName}; "
            + $"the record: {Encoding.ASCII.GetString(line)}");
        return isCounted ? Kept.Counted : Kept.Nowhere;
    }

    /// <summary>After one or many that were kept: their counts are on the disk.</summary>
    public void Settle()
    {
        if (lane is not null)
        {
            Overflow.Sync(lane);
        }
    }

    /// <summary>It stands in the journal, and whether it would outlive the machine nobody knows.</summary>
    public void Doubt(ReadOnlySpan<byte> line, string unconfirmed) =>
        log($"{Tripwire.Name}: recorded, but not confirmed by the disk: {unconfirmed}; the record: {Encoding.ASCII.GetString(line)}");

    private static void Log(string text)
    {
        if (InheritedSocket.AreSame(InheritedSocket.Descriptor, StandardError))
        {
            UnixDatagram.Send(SystemLog, Encoding.UTF8.GetBytes(Priority + text));
        }
        else
        {
            Output.Complain(text);
        }
    }
}
