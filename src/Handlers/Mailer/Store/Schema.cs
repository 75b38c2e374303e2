namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The store's tables, version by version. <c>PRAGMA user_version</c> counts the steps that a file has behind it; a new version
/// of the program appends a step and never edits one.
/// </summary>
internal static class Schema
{
    public static readonly string[] Steps =
    [
        """
        -- A touch of a tripwire and, when it came, how it ended. seq is given here, in the order of taking in, without gaps.
        CREATE TABLE event (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            lane TEXT NOT NULL,
            ref TEXT NOT NULL,
            conn TEXT,
            service TEXT NOT NULL,
            proto TEXT NOT NULL,
            src TEXT,
            src_port INTEGER,
            net TEXT NOT NULL,
            dst TEXT,
            dst_port INTEGER,
            at INTEGER NOT NULL,
            peer TEXT NOT NULL,
            action TEXT NOT NULL,
            ignored INTEGER NOT NULL,
            taken_at INTEGER NOT NULL,
            duration INTEGER,
            why TEXT,
            bytes_out INTEGER,
            bytes_in INTEGER,
            first BLOB
        ) STRICT;

        -- An end whose touch was not read yet: two segments are read one after the other while both are written.
        CREATE TABLE loose_end (
            id TEXT PRIMARY KEY,
            taken_at INTEGER NOT NULL,
            duration INTEGER NOT NULL,
            why TEXT NOT NULL,
            bytes_out INTEGER NOT NULL,
            bytes_in INTEGER NOT NULL,
            first BLOB NOT NULL
        ) STRICT;

        CREATE TABLE segment_cursor (
            lane TEXT NOT NULL,
            inode INTEGER NOT NULL,
            born INTEGER NOT NULL,
            position INTEGER NOT NULL,
            skipping INTEGER NOT NULL,
            PRIMARY KEY (lane, inode)
        ) STRICT;

        -- next_seq, composed (the last seq that is in a mail), and what is counted for the next mail.
        CREATE TABLE counter (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT;

        -- A mail from the moment it is composed; its bytes go when it is sent, the row stays as the record of it.
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            message_id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            first_seq INTEGER NOT NULL,
            last_seq INTEGER NOT NULL,
            made_at INTEGER NOT NULL,
            message BLOB,
            attempts INTEGER NOT NULL DEFAULT 0,
            next_try INTEGER NOT NULL,
            last_class TEXT,
            last_error TEXT,
            sent_at INTEGER
        ) STRICT;
        CREATE INDEX outbox_waiting ON outbox (id) WHERE sent_at IS NULL;

        CREATE TABLE recipient (
            outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
            address TEXT NOT NULL,
            state TEXT NOT NULL,
            detail TEXT,
            PRIMARY KEY (outbox, address)
        ) STRICT;

        CREATE TABLE stream (
            id INTEGER PRIMARY KEY,
            phase TEXT NOT NULL,
            step INTEGER NOT NULL,
            due INTEGER NOT NULL,
            last_touch INTEGER NOT NULL,
            saved_at INTEGER NOT NULL
        ) STRICT;

        -- Sentences for the next mail: what the administrator must hear besides the events.
        CREATE TABLE notice (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            text TEXT NOT NULL,
            outbox INTEGER
        ) STRICT;

        CREATE TABLE name (
            address TEXT PRIMARY KEY,
            state TEXT NOT NULL,
            name TEXT,
            expires INTEGER NOT NULL
        ) STRICT;
        """,
        """
        -- What the mailer itself thinks of a source, by the networks the administrator calls his own; and which host it was.
        ALTER TABLE event ADD COLUMN class TEXT NOT NULL DEFAULT 'outside';
        ALTER TABLE event ADD COLUMN host TEXT;
        ALTER TABLE event ADD COLUMN machine TEXT;
        ALTER TABLE event ADD COLUMN monotonic INTEGER;
        ALTER TABLE event ADD COLUMN boot TEXT;
        CREATE INDEX event_at ON event (at);
        CREATE INDEX event_src ON event (src, seq);
        CREATE INDEX event_pending ON event (class, seq) WHERE ignored = 0;
        UPDATE event SET class = 'inside' WHERE net <> 'outside';

        -- Connections that are counted and not described: shed by the daemon, or recorded while the disk was full. They have no
        -- number of their own; the mail that tells them is in outbox.
        CREATE TABLE coarse (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            lane TEXT NOT NULL,
            class TEXT NOT NULL,
            service TEXT NOT NULL,
            why TEXT NOT NULL,
            connections INTEGER NOT NULL,
            sources INTEGER NOT NULL,
            began INTEGER NOT NULL,
            ended INTEGER NOT NULL,
            busiest TEXT NOT NULL,
            taken_at INTEGER NOT NULL,
            outbox INTEGER
        ) STRICT;
        CREATE INDEX coarse_untold ON coarse (class) WHERE outbox IS NULL;

        -- How far the overflow counters of a lane are taken in.
        CREATE TABLE overflow (
            lane TEXT NOT NULL,
            service TEXT NOT NULL,
            seen INTEGER NOT NULL,
            PRIMARY KEY (lane, service)
        ) STRICT;

        -- A token of the mail limits that was spent, and when; it comes back an hour or a day later.
        CREATE TABLE allowance (
            name TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;

        -- When a port was touched last: one that was not for a week is news.
        CREATE TABLE port_touch (
            service TEXT NOT NULL,
            port INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (service, port)
        ) STRICT;
        INSERT INTO port_touch SELECT service, coalesce(dst_port, 0), max(taken_at) FROM event WHERE ignored = 0 GROUP BY 1, 2;

        -- Since when the mail limit holds a mail back.
        ALTER TABLE stream ADD COLUMN held_since INTEGER;

        -- waiting, sent, failed (given up, or refused by all for good), dropped (by the administrator). Only waiting and failed
        -- mails still have their bytes.
        ALTER TABLE outbox ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting';
        ALTER TABLE outbox ADD COLUMN class TEXT NOT NULL DEFAULT 'outside';
        ALTER TABLE outbox ADD COLUMN subject TEXT NOT NULL DEFAULT '';
        ALTER TABLE outbox ADD COLUMN connections INTEGER NOT NULL DEFAULT 0;
        UPDATE outbox SET state = 'sent' WHERE sent_at IS NOT NULL;
        UPDATE outbox SET connections = last_seq - first_seq + 1
            - (SELECT count(*) FROM event WHERE ignored = 1 AND seq BETWEEN first_seq AND last_seq);

        -- What all mails together have told so far, for the sum that must come out even.
        INSERT INTO counter SELECT 'told_ignored', count(*) FROM event
            WHERE ignored = 1 AND seq <= coalesce((SELECT value FROM counter WHERE name = 'composed'), 0);
        INSERT INTO counter SELECT 'told', coalesce((SELECT value FROM counter WHERE name = 'composed'), 0)
            - (SELECT value FROM counter WHERE name = 'told_ignored');

        DROP INDEX outbox_waiting;
        CREATE INDEX outbox_waiting ON outbox (id) WHERE state = 'waiting';

        -- One transport's work on one mail: which attempts it has behind it, and when it is tried again. What an unconditional
        -- transport ("always") still has to take keeps a mail waiting too.
        CREATE TABLE leg (
            outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
            transport TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            first_failure INTEGER,
            next_try INTEGER NOT NULL,
            last_class TEXT,
            last_error TEXT,
            PRIMARY KEY (outbox, transport)
        ) STRICT;

        -- For whom a transport took a mail, or refused it for good.
        CREATE TABLE leg_recipient (
            outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
            transport TEXT NOT NULL,
            address TEXT NOT NULL,
            refusal TEXT,
            PRIMARY KEY (outbox, transport, address)
        ) STRICT;

        -- The later mail that said that nobody got this one.
        ALTER TABLE outbox ADD COLUMN told_in INTEGER;

        -- The time in which no mail gets through; over when until is known, and forgotten when a mail has told it.
        CREATE TABLE outage (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            since INTEGER NOT NULL,
            until INTEGER,
            attempts INTEGER NOT NULL,
            words TEXT NOT NULL,
            mails INTEGER NOT NULL DEFAULT 0,
            connections INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        """,
        """
        -- What the collectors of records are told (event log, syslog, forward): finished lines, numbered without a gap, until every
        -- feed has passed them. How far each has come stands in feed.
        CREATE TABLE chronicle (
            n INTEGER PRIMARY KEY,
            line TEXT NOT NULL
        ) STRICT;

        CREATE TABLE feed (
            name TEXT PRIMARY KEY,
            position INTEGER NOT NULL
        ) STRICT;

        -- The same mail for a program: what webhooks and exec hooks get. Mails of an older version have none.
        ALTER TABLE outbox ADD COLUMN payload BLOB;
        """,
    ];
}
