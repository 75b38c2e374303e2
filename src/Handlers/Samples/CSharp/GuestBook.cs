using System.Text;

namespace SuperServer.Handlers.Samples;

/// <summary>Serves one guest; the same in a process of its own, in one for everybody and in a pool.</summary>
internal static class GuestBook
{
    private const int LongestEntry = 200;

    public static async Task Serve(Client<GuestBookOptions> client, CancellationToken stop)
    {
        var options = client.Options;
        await Say(client, string.Concat(LastEntries(options).Select(entry => entry + "\r\n")) + "Your words: ", stop);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(options.Patience);
        try
        {
            var words = Tidy(await ReadLine(client.Stream, patience.Token));
            if (words.Length > 0)
            {
                Write(options, words, client.RemoteAddress?.ToString());
                client.Log.Information($"{client.RemoteAddress} wrote {words.Length} characters");
                await Say(client, "Thank you.\r\n", stop);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            await Say(client, "\r\nAnother time, then.\r\n", stop);
        }
    }

    /// <summary>A datagram is an entry at once. The answer is shorter than any question, so that nobody forges one for its sake.</summary>
    public static Task Answer(Datagram<GuestBookOptions> datagram, CancellationToken stop)
    {
        var words = Tidy(datagram.Payload.Span);
        if (words.Length > 0)
        {
            Write(datagram.Options, words, datagram.RemoteAddress?.ToString());
            datagram.Reply("\n"u8);
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<string> LastEntries(GuestBookOptions options) =>
        File.Exists(options.Path) ? File.ReadLines(options.Path).TakeLast(options.Show) : [];

    // One append of one line: processes that write at the same time do not mix their lines.
    private static void Write(GuestBookOptions options, string words, string? from) =>
        File.AppendAllText(options.Path, $"{from ?? "somebody here"}: {words}\n");

    private static async Task<byte[]> ReadLine(ClientStream stream, CancellationToken stop)
    {
        var line = new byte[LongestEntry];
        var length = 0;
        while (length < line.Length && line.AsSpan(0, length).IndexOf((byte)'\n') < 0)
        {
            var got = await stream.ReadAsync(line.AsMemory(length), stop);
            if (got == 0)
            {
                break;
            }

            length += got;
        }

        return line[..length];
    }

    // What a client sends is a stranger's: of the first line we keep what can be printed.
    private static string Tidy(ReadOnlySpan<byte> words)
    {
        var end = words.IndexOf((byte)'\n');
        var line = Encoding.UTF8.GetString(words[..Math.Min(end < 0 ? words.Length : end, LongestEntry)]);
        return string.Concat(line.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter))).Trim();
    }

    private static ValueTask Say(Client client, string text, CancellationToken stop) =>
        client.Stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
}
