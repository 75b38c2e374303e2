using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn;

/// <summary>RFC 867: the local time as ctime(3) has it, 24 characters and CR LF, whatever the locale.</summary>
internal sealed class Daytime : SimpleService
{
    private const int Length = 24;

    public override Conversation Begin(int socket, Visitor? visitor) => new Statement(socket, Text());

    public override int Answer(ReadOnlySpan<byte> question, Span<byte> answer)
    {
        Text().CopyTo(answer);
        return Length + 2;
    }

    private static byte[] Text() => Text(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    /// <summary>The zone is libc's (TZ, else the machine's); .NET's own would cost more than the rest of the handler.</summary>
    public static byte[] Text(long unixSeconds)
    {
        Span<byte> text = stackalloc byte[64];
        _ = Libc.ctime_r(unixSeconds, text);
        return [.. text[..Length], .. "\r\n"u8];
    }
}
