namespace SuperServer.EndToEnd.Harness;

/// <summary>Runs a command on a pseudo-terminal (pty(7)), and types when it has said what is waited for.</summary>
internal static class Terminal
{
    // Python has what it takes; a test in C# would need ioctls and a session of its own.
    private const string Typist = """
        import os, pty, select, signal, sys, time
        folder, count = sys.argv[1], int(sys.argv[2])
        steps = [(sys.argv[3 + 2 * i].encode().decode("unicode_escape").encode(), sys.argv[4 + 2 * i].encode().decode("unicode_escape").encode()) for i in range(count)]
        command = sys.argv[3 + 2 * count:]
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.SIG_DFL)     # ignored where the tests run in the background
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            os.execvp(command[0], command)
        said, end = b"", time.time() + 20
        while time.time() < end:
            while steps and steps[0][0] in said:
                os.write(terminal, steps.pop(0)[1])
                time.sleep(0.05)
            ready, _, _ = select.select([terminal], [], [], 0.1)
            if ready:
                try:
                    some = os.read(terminal, 65536)
                except OSError:
                    break
                if not some:
                    break
                said += some
        else:
            os.kill(pid, 9)
        _, status = os.waitpid(pid, 0)
        os.write(1, said)
        sys.exit(os.waitstatus_to_exitcode(status) & 255)
        """;

    /// <param name="folder">Where the command runs, and whose it is.</param>
    /// <param name="command">The command.</param>
    /// <param name="steps">What has to be on the screen, and what is typed then.</param>
    public static Task<Command> Type(PrivateFolder folder, string[] command, params (string When, string Keys)[] steps) => Command.Run(
    [
        "python3", "-c", Typist, folder.Path, $"{steps.Length}",
        .. steps.SelectMany(step => new[] { Escaped(step.When), Escaped(step.Keys) }),
        .. Machine.Becoming(folder.Owner), .. command,
    ]);

    private static string Escaped(string text) => string.Concat(text.Select(letter => $"\\x{(int)letter:x2}"));
}
