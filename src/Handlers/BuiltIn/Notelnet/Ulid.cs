using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// A ULID: 48 bits of milliseconds and 80 random bits in 26 characters of Crockford's base32, which has no I, L, O or U. Its last six
/// characters are the reference that the client is shown, so that either finds the other.
/// </summary>
internal static class Ulid
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;
    private const int ReferenceLength = 6;
    private const int RandomBytes = 10;

    public static string New(DateTimeOffset at)
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        var got = Libc.getrandom(random, RandomBytes, 0);
        if (got != RandomBytes)
        {
            throw new InvalidOperationException($"getrandom: {Errno.Text(Errno.Last)}");
        }

        return Encode(at.ToUnixTimeMilliseconds(), random);
    }

    public static string ReferenceOf(string id) => id[^ReferenceLength..];

    /// <summary>130 bits for 128: the first character carries three.</summary>
    public static string Encode(long milliseconds, ReadOnlySpan<byte> random)
    {
        var value = (UInt128)(ulong)milliseconds;
        foreach (var piece in random)
        {
            value = (value << 8) | piece;
        }

        Span<char> text = stackalloc char[Length];
        for (var i = Length - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }

        return new string(text);
    }
}
