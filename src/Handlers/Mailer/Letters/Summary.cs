using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>What happened in a range of events: all that a mail says, before it is words. Its size does not grow with the range.</summary>
internal sealed record Summary
{
    public required long First { get; init; }

    public required long Last { get; init; }

    /// <summary>Events the store holds of this range: all of them, or the mail says that it is not complete.</summary>
    public required long Held { get; init; }

    /// <summary>Of addresses on an ignore list: counted, not described.</summary>
    public required long Ignored { get; init; }

    public required long Sources { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required DateTimeOffset Ended { get; init; }

    public required IReadOnlyList<ServiceLine> Services { get; init; }

    public required IReadOnlyList<SourceLine> Busiest { get; init; }

    /// <summary>The event itself, when there is but one to describe.</summary>
    public AlertEvent? Only { get; init; }

    public long Damaged { get; init; }

    public long Unfamiliar { get; init; }

    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Whose rhythm the mail follows; an inside one is urgent.</summary>
    public StreamClass Class { get; init; } = StreamClass.Outside;

    /// <summary>Of <see cref="Connections"/>, those from inside.</summary>
    public long Inside { get; init; }

    /// <summary>Connections that were counted and not described: shed, or met a full disk. They are not among the numbered events.</summary>
    public IReadOnlyList<CoarseLine> CountedOnly { get; init; } = [];

    /// <summary>Since when the mail limit has held these events back; null when it did not.</summary>
    public DateTimeOffset? HeldBackSince { get; init; }

    /// <summary>The first mail after a time in which none got through.</summary>
    public Outage? Outage { get; init; }

    /// <summary>Mails that were given up, whose events nobody was told: "#1204-#1391 (188 connections): 550 ...".</summary>
    public IReadOnlyList<LostMail> LostMails { get; init; } = [];

    /// <summary>Every event, for the attachment; empty unless it was asked for, and cut when there are too many.</summary>
    public IReadOnlyList<AlertRow> Rows { get; init; } = [];

    /// <summary>In how many networks the addresses are that <see cref="Busiest"/> does not name; null when nobody counted.</summary>
    public long? OtherNetworks { get; init; }

    /// <summary>For a sign of life: the connections of its whole week or day, told by earlier mails or not; null where nobody counted.</summary>
    public long? InPeriod { get; init; }

    public long Connections => Held - Ignored;

    public bool IsComplete => Held == Last - First + 1;

    /// <summary>For a mail that tells no event.</summary>
    public static Summary Nothing(DateTimeOffset at) => new()
    {
        First = 1,
        Last = 0,
        Held = 0,
        Ignored = 0,
        Sources = 0,
        Began = at,
        Ended = at,
        Services = [],
        Busiest = [],
    };

    /// <summary>Where it was recorded, the busiest first: others than this host when one mailer reads the spools of many.</summary>
    public IReadOnlyList<HostLine> Hosts { get; init; } = [];

    /// <summary>It is about no event at all, as a sign of life may be.</summary>
    public bool IsEmpty => Last < First;
}

/// <summary>One host in numbers.</summary>
internal sealed record HostLine(string Host, long Connections);

/// <summary>One touched service in numbers.</summary>
internal sealed record ServiceLine(string Service, string Protocol, int? Port, long Connections, long Sources);

/// <summary>One address in numbers; null when the address could not be learnt.</summary>
internal sealed record SourceLine(IPAddress? Address, long Connections, DateTimeOffset First, DateTimeOffset Last, byte[] Bytes);

/// <summary>One event in full.</summary>
internal sealed record AlertEvent
{
    public required string Reference { get; init; }

    public required string Service { get; init; }

    public required string Protocol { get; init; }

    public required IPAddress? Source { get; init; }

    public required bool IsNear { get; init; }

    public required IPAddress? Target { get; init; }

    public required int? Port { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Action { get; init; }

    /// <summary>Null until its end was recorded.</summary>
    public Ending? Ending { get; init; }
}

/// <summary>How a connection ended.</summary>
internal sealed record Ending(TimeSpan Duration, string Why, long BytesIn, byte[] Bytes);

/// <summary>Connections that were counted and not described.</summary>
/// <param name="Why">The limit that shed them, or <c>disk full</c>.</param>
internal sealed record CoarseLine(string Service, string Why, long Connections, long Sources, DateTimeOffset From, DateTimeOffset To);

/// <summary>When mail did not get through, and why.</summary>
internal sealed record Outage(DateTimeOffset From, DateTimeOffset To, string Words, long Mails, long Connections);

/// <summary>A mail that nobody got.</summary>
internal sealed record LostMail(long Id, long First, long Last, long Connections, string Words);

/// <summary>One event as a line of the attachment.</summary>
internal sealed record AlertRow
{
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required IPAddress? Source { get; init; }

    public required int? SourcePort { get; init; }

    public required string Service { get; init; }

    public required string Protocol { get; init; }

    public required int? Port { get; init; }

    public required string Action { get; init; }

    public required string Reference { get; init; }

    public required byte[] Bytes { get; init; }
}
