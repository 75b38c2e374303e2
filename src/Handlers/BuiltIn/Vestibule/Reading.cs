namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>What the first bytes of a connection mean. Each worker of the vestibule has one way to read them; it never changes them.</summary>
internal abstract record Reading
{
    /// <summary>Nothing yet: what is there may be the beginning of something.</summary>
    public static Reading Incomplete { get; } = new Beginning();

    /// <summary>They mean nothing, and why; nothing of them is taken.</summary>
    public sealed record Wrong(string Why) : Reading;

    /// <summary>The first so many bytes are ours, and this is what the daemon has to know. All that follows belongs to the program.</summary>
    /// <param name="Length">The bytes to take.</param>
    /// <param name="Word">What kind of answer it is.</param>
    /// <param name="Facts">What stands behind the word and the id; empty when nothing does.</param>
    public sealed record Understood(int Length, string Word, string Facts = "") : Reading
    {
        /// <summary>What the client gets before the daemon hears of it.</summary>
        public byte[] Reply { get; init; } = [];
    }

    /// <summary>The first so many bytes are ours; the client gets an answer from us, and that is all there is for him.</summary>
    public sealed record Answered(int Length, byte[] Words) : Reading;

    private sealed record Beginning : Reading;
}

/// <summary>A way to read the first bytes: a pure question, asked again with more of them as long as it is incomplete.</summary>
internal delegate Reading Reader(ReadOnlySpan<byte> bytes);
