namespace SuperServer.Configuration;

/// <summary>Where alerts are recorded and collected, below the daemon's two directories, and what the host is called in them.</summary>
/// <param name="Daemon">Whose directories they are.</param>
/// <param name="Host">The host's name, which people choose.</param>
/// <param name="Machine">Its id, which stays when the name changes (<see cref="MachineId"/>); null before a daemon has made one.</param>
internal sealed record AlertSite(DaemonDefinition Daemon, string Host, string? Machine)
{
    /// <summary>Holds a lane for each group that records alerts.</summary>
    public string Spool => Path.Combine(Daemon.StateDirectory, "spool");

    /// <summary>The mailer's own.</summary>
    public string Store => Path.Combine(Daemon.StateDirectory, "mailer");

    /// <summary>The mailer's datagram socket; a datagram says that there is something new.</summary>
    public string Socket => Path.Combine(Daemon.RunDirectory, "mailer.sock");
}
