using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The lines as entries of the system's log: with fields where journald has its socket, else as text (RFC 3164) to whoever reads
/// /dev/log. An end that comes late is no entry.
/// </summary>
/// <param name="journal">journald's socket.</param>
/// <param name="log">Every other log daemon's.</param>
/// <param name="clock">For the time zone, which RFC 3164 leaves out and means.</param>
internal sealed class SystemLog(string journal, string log, TimeProvider clock) : Feed
{
    /// <summary>What the entries go by. The daemon, through which strangers' words pass, has another name.</summary>
    public const string Identifier = "superserver-tripwire";

    // authpriv.warning
    private const int Priority = (10 * 8) + 4;
    private const int Severity = 4;

    public override string Name => "syslog";

    public static SystemLog OfThisHost(TimeProvider clock) => new("/run/systemd/journal/socket", "/dev/log", clock);

    public override int Take(IReadOnlyList<RecordLine> lines)
    {
        var hasJournal = File.Exists(journal);
        using var socket = Connect(hasJournal ? journal : log);
        var taken = 0;
        while (taken < lines.Count && Send(socket, hasJournal, LogEntry.Of(lines[taken])))
        {
            taken++;
        }

        return taken;
    }

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException($"{path}: {error.Message}", error);
        }
    }

    // A reader that is behind is asked again in a moment; one that has gone is an error.
    private bool Send(Socket socket, bool hasJournal, LogEntry? entry)
    {
        if (entry is null)
        {
            return true;
        }

        try
        {
            socket.Send(hasJournal ? WithFields(entry) : AsText(entry));
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
        {
            return false;
        }
        catch (SocketException error)
        {
            throw new IOException($"the system's log: {error.Message}", error);
        }
    }

    // No value of ours holds a line feed, so the simple form will do.
    private static byte[] WithFields(LogEntry entry)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in (IEnumerable<(string, string)>)
            [("MESSAGE", entry.Text), ("PRIORITY", $"{Severity}"), ("SYSLOG_FACILITY", $"{Priority / 8}"), ("SYSLOG_IDENTIFIER", Identifier), .. entry.Fields])
        {
            text.Append(name).Append('=').Append(value).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private byte[] AsText(LogEntry entry)
    {
        var now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone);
        var stamp = $"{now.ToString("MMM", CultureInfo.InvariantCulture)} {now.Day,2} {now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}";
        return Encoding.ASCII.GetBytes($"<{Priority}>{stamp} {Identifier}[{Environment.ProcessId}]: {entry.Text}");
    }
}
