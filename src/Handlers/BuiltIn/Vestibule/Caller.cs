using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>A client in the vestibule: who he is to the daemon, and how long he may stay. Owns nothing.</summary>
internal sealed class Caller(int socket, byte[] id, long deadline)
{
    public int Socket => socket;

    public byte[] Id => id;

    /// <summary>On the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long Deadline { get; set; } = deadline;

    /// <summary>What is said to him before he goes, once he is to go no further than here.</summary>
    public Statement? LastWords { get; set; }
}
