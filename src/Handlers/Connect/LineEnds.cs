namespace SuperServer.Handlers.Connect;

/// <summary>Ends lines with CR LF, as most protocols of the Internet want it; a line that does so already stays as it is.</summary>
internal sealed class LineEnds
{
    private byte _last;

    public byte[] WithCarriageReturns(ReadOnlySpan<byte> bytes)
    {
        var all = new List<byte>(bytes.Length + 16);
        foreach (var value in bytes)
        {
            if (value == (byte)'\n' && _last != (byte)'\r')
            {
                all.Add((byte)'\r');
            }

            all.Add(value);
            _last = value;
        }

        return [.. all];
    }
}
