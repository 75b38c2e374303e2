namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Words of a mail in which every value, an address, a name, bytes, is told apart from our own words: HTML sets it in code, so that
/// no mail client takes it for prose, and no reader takes it for ours.
/// </summary>
internal sealed record Phrase(IReadOnlyList<Piece> Pieces)
{
    public static implicit operator Phrase(string words) => new([new Piece(words, IsValue: false)]);

    public static Phrase operator +(Phrase left, Phrase right) => new([.. left.Pieces, .. right.Pieces]);

    public static Phrase Value(string value) => new([new Piece(value, IsValue: true)]);

    public override string ToString() => string.Concat(Pieces.Select(piece => piece.Text));
}

/// <summary>A part of a phrase.</summary>
internal readonly record struct Piece(string Text, bool IsValue);
