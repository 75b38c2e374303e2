namespace SuperServer;

/// <summary>How long the dispatcher serves, and what it leaves when it ends.</summary>
internal sealed record Stint
{
    /// <summary>A daemon's: its end is a new beginning, which finds everything as it was.</summary>
    public static Stint ForEver { get; } = new();

    /// <summary>After so many clients (with mode = "wait": servers) the door is closed; null: never.</summary>
    public int? Clients { get; init; }

    /// <summary>
    /// Somebody has typed a command: nothing is kept on the disk, nobody asks or takes over, what cannot be opened at once is
    /// not waited for, and children end when it ends.
    /// </summary>
    public bool IsPassing { get; init; }

    /// <summary>SIGHUP ends it too, for the terminal is gone; unless nohup(1) was asked.</summary>
    public bool EndsOnHangup { get; init; }
}
