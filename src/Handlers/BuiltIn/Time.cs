using System.Buffers.Binary;
using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.BuiltIn;

/// <summary>RFC 868: the seconds since 1900 as 4 bytes, big-endian. They come round in 2036, as the RFC says.</summary>
internal sealed class Time : SimpleService
{
    private const long From1900To1970 = 2_208_988_800;

    public override Conversation Begin(int socket, Visitor? visitor) => new Statement(socket, Bytes());

    public override int Answer(ReadOnlySpan<byte> question, Span<byte> answer)
    {
        Bytes().CopyTo(answer);
        return sizeof(uint);
    }

    private static byte[] Bytes() => Bytes(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    public static byte[] Bytes(long unixSeconds)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, unchecked((uint)(unixSeconds + From1900To1970)));
        return bytes;
    }
}
