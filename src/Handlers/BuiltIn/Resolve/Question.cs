using System.Globalization;
using System.Net;
using System.Text;

namespace SuperServer.Handlers.BuiltIn.Resolve;

/// <summary>
/// <c>ID ADDRESS NAME NAME…</c>: which of these names has the address? The answer is <c>ID 0,2</c>, their positions, or
/// <c>ID -</c>. A name with a dot in front stands for every host below that domain.
/// </summary>
internal sealed record Question(ulong Id, IPAddress Address, IReadOnlyList<string> Names)
{
    /// <summary>Null when it is none: the other end is not the daemon that we know.</summary>
    public static Question? Parse(ReadOnlySpan<byte> message)
    {
        var words = Encoding.ASCII.GetString(message).Split(' ');
        return words.Length >= 3
            && ulong.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && IPAddress.TryParse(words[1], out var address)
            && words.Skip(2).All(name => name.Length > 0)
                ? new Question(id, address, words[2..])
                : null;
    }

    /// <summary>Only numbers go back: whoever owns the address has written its name.</summary>
    /// <param name="confirmed">The address's name, if the owner of the name agrees.</param>
    public byte[] Answer(string? confirmed)
    {
        var positions = Names.Index().Where(name => confirmed is not null && Fits(confirmed, name.Item)).Select(name => name.Index);
        var list = string.Join(',', positions);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Id} {(list.Length == 0 ? "-" : list)}"));
    }

    private static bool Fits(string confirmed, string name) => name.StartsWith('.')
        ? confirmed.EndsWith(name, StringComparison.OrdinalIgnoreCase)
        : confirmed.Equals(name, StringComparison.OrdinalIgnoreCase);
}
