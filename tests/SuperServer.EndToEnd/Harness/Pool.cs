namespace SuperServer.EndToEnd.Harness;

/// <summary>Workers of pools, in the language that every Debian has a protocol library for.</summary>
internal static class Pool
{
    private const string Shebang = "#!/usr/bin/env python3\n";

    /// <summary>The sample that the documentation shows.</summary>
    public static string Sample { get; } = File.ReadAllText(Path.Combine(Programs.Project, "src/Handlers/Samples/Python/pool-upper.py"));

    /// <summary>The sample, with another last word to the daemon: <c>variables</c> holds what it was told of the connection.</summary>
    public static string SampleThatSays(string expression) =>
        Sample.Replace("f\"done {variables['SUPERSERVER_CONNECTION']} {code}\"", expression, StringComparison.Ordinal);

    /// <summary>A worker made of one line of Python, with the message of the first connection in <c>text</c> and <c>client</c>.</summary>
    public static string Worker(string line) => Shebang + $"""
        import array, os, socket, sys, time
        daemon = socket.socket(fileno=0)
        text, ancillary, _, _ = daemon.recvmsg(8192, socket.CMSG_SPACE(4))
        client = socket.socket(fileno=array.array("i", ancillary[0][2])[0])
        {line}
        """;

    /// <summary>A service of such workers.</summary>
    public static string Service(PrivateFolder folder, string program, string keys = "") => $$"""
        [service.pool]
        listen = "tcp:127.0.0.1:0"
        exec = ['{{folder.WriteProgram("worker", program)}}']
        mode = "pool"
        {{keys}}
        """;
}
