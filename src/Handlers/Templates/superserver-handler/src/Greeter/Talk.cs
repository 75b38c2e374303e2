using System.Text;
using SuperServer.Handlers;

namespace Greeter;

/// <summary>What happens with a client, however many there are and whichever way they come.</summary>
internal static class Talk
{
    // Nobody has a longer name, and no client may make us remember more.
    private const int LongestName = 100;

    public static async Task With(Client<GreeterOptions> client, CancellationToken stop)
    {
        await Say(client, "What is your name?\r\n", stop);
        var name = await Hear(client, stop);
        if (name.Length > 0)
        {
            client.Log.Information($"greets {name}");
            await Say(client, $"{client.Options.Greeting}, {name}!\r\n", stop);
        }
    }

    private static Task Say(Client client, string text, CancellationToken stop) =>
        client.Stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop).AsTask();

    /// <summary>The first line of what the client says; empty when it says nothing in time, or nothing that can be greeted.</summary>
    private static async Task<string> Hear(Client<GreeterOptions> client, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(client.Options.Patience);
        var line = new byte[LongestName];
        var length = 0;
        try
        {
            int got;
            do
            {
                got = await client.Stream.ReadAsync(line.AsMemory(length), patience.Token);
                length += got;
            }
            while (got > 0 && length < line.Length && !line.AsSpan(0, length).Contains((byte)'\n'));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            client.Log.Warning("said nothing in time");
        }

        return Harmless(Encoding.UTF8.GetString(line, 0, length).Split('\n')[0]);
    }

    // What a client sends is a stranger's: letters and the like go on, into the answer and into the log, and nothing else does.
    private static string Harmless(string text) =>
        new string([.. text.Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '\'')]).Trim();
}
