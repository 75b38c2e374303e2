using System.Buffers.Text;

namespace SuperServer.Handlers.BuiltIn.Ident;

/// <summary>The question of RFC 1413: <c>port-on-server , port-on-client</c>, with spaces and tabs wherever they like.</summary>
/// <param name="Server">The port on this host.</param>
/// <param name="Client">The port on the host that asks.</param>
internal readonly record struct PortPair(int Server, int Client)
{
    // RFC 1413 leaves open what an answer says of a question that has no ports; this is what the others say.
    public static PortPair None => default;

    public bool IsValid => Server is > 0 and <= ushort.MaxValue && Client is > 0 and <= ushort.MaxValue;

    /// <param name="line">Without its end.</param>
    public static PortPair Parse(ReadOnlySpan<byte> line)
    {
        var comma = line.IndexOf((byte)',');
        return comma >= 0 && TryPort(line[..comma], out var server) && TryPort(line[(comma + 1)..], out var client)
            ? new PortPair(server, client)
            : None;
    }

    private static bool TryPort(ReadOnlySpan<byte> text, out int port)
    {
        var digits = text.Trim(" \t"u8);
        return Utf8Parser.TryParse(digits, out port, out var length)
            && length == digits.Length && char.IsAsciiDigit((char)digits[0]);
    }
}
