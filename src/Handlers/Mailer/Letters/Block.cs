namespace SuperServer.Handlers.Mailer;

/// <summary>A part of a mail: what is said, and not how it looks. <see cref="PlainText"/> and <see cref="HtmlText"/> each know that.</summary>
internal abstract record Block
{
    /// <summary>What the mail is about.</summary>
    public sealed record Headline(IReadOnlyList<Phrase> Lines) : Block;

    /// <summary>Something is wrong, and the reader should know before all else.</summary>
    public sealed record Urgent(IReadOnlyList<Phrase> Lines) : Block;

    public sealed record Paragraph(IReadOnlyList<Phrase> Lines) : Block;

    /// <summary>One visit, one fact a line.</summary>
    public sealed record Facts(IReadOnlyList<Fact> All) : Block;

    public sealed record Ports(IReadOnlyList<PortRow> Rows) : Block;

    public sealed record Visitors(IReadOnlyList<VisitorRow> Rows) : Block;

    /// <summary>Which events, and whose mail this is; mail readers know the line before it.</summary>
    public sealed record Signature(string Words) : Block;
}

/// <summary>A label and what stands beside it.</summary>
internal sealed record Fact(string Label, Phrase Value);

/// <summary>A touched port.</summary>
internal sealed record PortRow(string Port, string Connections, string Addresses);

/// <summary>An address that came.</summary>
/// <param name="Name">Its name and how far it can be believed; empty when nobody asked.</param>
/// <param name="Sent">Its first bytes, if they tell something.</param>
internal sealed record VisitorRow(string Connections, string First, string Last, Phrase Address, Phrase Name, string Sent);
