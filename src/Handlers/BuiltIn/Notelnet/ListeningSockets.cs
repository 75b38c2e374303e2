using System.Globalization;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>The service's own sockets: the one on 0, or, when they were handed over as sd_listen_fds(3) has it, all of them.</summary>
internal static class ListeningSockets
{
    private const int First = 3;
    private const int Most = 1024;

    public static int[] Find() => Find(Environment.GetEnvironmentVariable, Environment.ProcessId);

    public static int[] Find(Func<string, string?> environment, int self) =>
        Number(environment("LISTEN_PID")) == self && Number(environment("LISTEN_FDS")) is > 0 and <= Most and var count
            ? [.. Enumerable.Range(First, count)]
            : [InheritedSocket.Descriptor];

    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
