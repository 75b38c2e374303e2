using System.Text;

namespace SuperServer.Handlers.Samples;

/// <summary>Serves one guest; the same in a process of its own, in one for everybody and in a pool.</summary>
internal static class GuestBook
{
    private const int LongestEntry = 200;

    // What .NET says when another has locked a file: errno EWOULDBLOCK.
    private const int InUse = 11;
    private static readonly TimeSpan _breath = TimeSpan.FromMilliseconds(5);

    public static async Task Serve(Client<GuestBookOptions> client, CancellationToken stop)
    {
        var options = client.Options;
        var entries = await LastEntries(options, stop);
        await Say(client, string.Concat(entries.Select(entry => entry + "\r\n")) + "Your words: ", stop);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(options.Patience);
        try
        {
            var words = Tidy(await ReadLine(client.Stream, patience.Token));
            if (words.Length > 0)
            {
                await Write(options, words, client.RemoteAddress?.ToString(), stop);
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
    public static async Task Answer(Datagram<GuestBookOptions> datagram, CancellationToken stop)
    {
        var words = Tidy(datagram.Payload.Span);
        if (words.Length > 0)
        {
            await Write(datagram.Options, words, datagram.RemoteAddress?.ToString(), stop);
            datagram.Reply("\n"u8);
        }
    }

    private static async Task<IReadOnlyList<string>> LastEntries(GuestBookOptions options, CancellationToken stop)
    {
        if (!File.Exists(options.Path))
        {
            return [];
        }

        using var book = new StreamReader(await Open(options.Path, FileMode.Open, FileAccess.Read, FileShare.Read, stop));
        var entries = (await book.ReadToEndAsync(stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return entries[Math.Max(0, entries.Length - options.Show)..];
    }

    private static async Task Write(GuestBookOptions options, string words, string? from, CancellationToken stop)
    {
        await using var book = await Open(options.Path, FileMode.Append, FileAccess.Write, FileShare.None, stop);
        book.Write(Encoding.UTF8.GetBytes($"{from ?? "somebody here"}: {words}\n"));
    }

    // One guest writes at a time, whether the others are in this process or in processes of their own.
    private static async Task<FileStream> Open(string path, FileMode mode, FileAccess access, FileShare share, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, mode, access, share);
            }
            catch (IOException held) when (held.HResult == InUse)
            {
                await Task.Delay(_breath, stop);
            }
        }
    }

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
