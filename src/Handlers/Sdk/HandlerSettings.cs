namespace SuperServer.Handlers;

/// <summary>What an author decides about how a handler is served. Everything has a default; nothing here is said by the client.</summary>
public sealed record HandlerSettings
{
    /// <summary>What it calls itself in <c>--help</c>, <c>--version</c> and complaints. Null: the file name of the program.</summary>
    public string? Name { get; init; }

    /// <summary>One sentence for <c>--help</c>: what it does for a client.</summary>
    public string? Description { get; init; }

    /// <summary>
    /// How long nobody may have been there before a handler that has the service's own socket (<c>mode = "wait"</c>), or one peer's datagrams, ends; 60
    /// seconds unless set. The daemon starts another when somebody comes. The administrator's option <c>idle</c> (<c>"10s"</c>) comes before this. With
    /// one stream (<c>nowait</c>) and in a pool it means nothing: there the connection or the daemon's <c>pool.idle</c> decides.
    /// </summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many clients, or datagrams, are served at the same time by a handler that has the service's own socket; 10,000 unless set, at least 1. Others wait
    /// in the kernel's queue. In a pool the daemon's <c>pool.max_concurrent</c> decides.
    /// </summary>
    public int MaxConcurrent { get; init; } = 10_000;

    /// <summary>
    /// How long those who are served may go on after SIGTERM (an administrator's drain, or <c>max_runtime</c>) before their token is cancelled; 5 seconds
    /// unless set. As long again, and the handler ends whatever they do. Both should fit into the service's <c>stop_timeout</c> (10 seconds).
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether <see cref="Datagram.Reply"/> keeps silent towards senders that are likely forged (see <see cref="Datagram.IsSafeToAnswer"/>); true unless set.
    /// Turn it off for protocols whose clients send from a port below 1024, and then answer with no more bytes than were asked with.
    /// </summary>
    public bool GuardsReplies { get; init; } = true;
}
