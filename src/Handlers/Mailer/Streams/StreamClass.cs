namespace SuperServer.Handlers.Mailer;

/// <summary>How near the visitors of a stream are; each class has a rhythm of its own.</summary>
internal enum StreamClass
{
    /// <summary>The Internet's noise.</summary>
    Outside,

    /// <summary>A host of one's own network: it has no business here, and that is news.</summary>
    Inside,
}

/// <summary>Spells <see cref="StreamClass"/> as the store and the headers of a mail do.</summary>
internal static class StreamClasses
{
    public static string Name(StreamClass streamClass) => streamClass == StreamClass.Inside ? "inside" : "outside";
}
