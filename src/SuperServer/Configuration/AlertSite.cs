namespace SuperServer.Configuration;

/// <summary>Where alerts are recorded and collected, below the daemon's two directories, and the host's name in them.</summary>
internal sealed record AlertSite(DaemonDefinition Daemon, string Host)
{
    /// <summary>Holds a lane for each group that records alerts.</summary>
    public string Spool => Path.Combine(Daemon.StateDirectory, "spool");

    /// <summary>The mailer's own.</summary>
    public string Store => Path.Combine(Daemon.StateDirectory, "mailer");

    /// <summary>The mailer's datagram socket; a datagram says that there is something new.</summary>
    public string Socket => Path.Combine(Daemon.RunDirectory, "mailer.sock");
}
