namespace SuperServer.Handlers.Mailer;

/// <summary>A collector of records on this host, which takes lines at once or not at all.</summary>
internal abstract class Feed
{
    /// <summary>Under which its position is kept; the same after a restart.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Hands lines over. Returns how many of them, from the first on, are safe there; fewer than all: the rest may work in a moment.
    /// </summary>
    /// <exception cref="IOException">It does not work; in words for the log.</exception>
    public abstract int Take(IReadOnlyList<RecordLine> lines);
}
