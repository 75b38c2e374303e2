using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SuperServer.Configuration;

/// <summary>
/// The service that <c>[alerts]</c> implies: the mailer waits on a Unix datagram socket, as inetd's datagram servers do, and is
/// started whenever there is something to send.
/// </summary>
internal sealed class Mailer(
    Place place, AlertSite site, Identity identity, LetterRules letters, IReadOnlyList<MailTransport> transports, RecordFeeds feeds)
{
    public required string Program { get; init; }

    public required ValueList<uint> Writers { get; init; }

    public ValueList<string> IgnoredAt { get; init; } = [];

    /// <summary>Files with secrets that only the daemon can open.</summary>
    public required ValueList<string> Credentials { get; init; }

    public AlertsDefinition Definition => new()
    {
        Mailer = identity,
        SpoolDirectory = site.Spool,
        StoreDirectory = site.Store,
        EventLogDirectory = Path.GetDirectoryName(feeds.EventLog),
        EventLogReaders = feeds.EventLogReaders,
        Writers = Writers,
        IgnoredAt = IgnoredAt,
    };

    public ServiceDraft Draft
    {
        get
        {
            var endpoint = new Endpoint { Transport = Transport.UnixDatagram, Path = site.Socket };
            var listening = new ListenEntry(endpoint.ToString(), place, [endpoint]);
            return new ServiceDraft(
                AlertsDefinition.MailerName, place, Enabled: true, [listening], Service(endpoint), RecordsAlerts: false);
        }
    }

    private ServiceDefinition Service(Endpoint endpoint) => new()
    {
        Name = AlertsDefinition.MailerName,
        Listen = [endpoint],
        Mode = ServiceMode.Wait,
        Program = Program,
        Arguments = [AlertsDefinition.MailerName],
        Identity = identity,
        Environment =
        [
            new("SUPERSERVER_SPOOL", site.Spool),
            new("SUPERSERVER_STORE", site.Store),
            new("SUPERSERVER_HOST", site.Host),

            // For it to know at its very start whether its daemon still lives: by then getppid may tell of somebody else.
            new("SUPERSERVER_PID", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
            new("SUPERSERVER_OPTIONS", Options()),
        ],
        StandardError = StandardError.Log,
        Limits = new ServiceLimits { MaxConnections = new Limit(1, null) },

        // The mail systems' sendmail is set-gid, so that it may write into their queue.
        NoNewPrivileges = !transports.Any(transport => transport is MailTransport.Sendmail),
        OpenFiles = Credentials,
        RunsUntilDone = true,
    };

    private string Options()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            LettersJson.Write(json, letters);
            if (site.Machine is { } machine)
            {
                json.WriteString("machine", machine);
            }

            json.WriteStartArray("transport");
            foreach (var transport in transports)
            {
                transport.WriteTo(json);
            }

            json.WriteEndArray();
            feeds.WriteTo(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
