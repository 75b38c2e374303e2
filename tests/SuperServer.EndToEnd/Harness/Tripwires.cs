namespace SuperServer.EndToEnd.Harness;

/// <summary>Tripwires whose processes are started through another program, strace(1) for the most part.</summary>
internal static class Tripwires
{
    /// <summary>Before the daemon starts: its programs, but what serves a client of a tripwire is run through this line of shell.</summary>
    /// <param name="folder">The daemon's.</param>
    /// <param name="command">What stands before the program.</param>
    /// <param name="first">A line of shell before it.</param>
    public static void RunThrough(PrivateFolder folder, string command, string first = ":")
    {
        _ = Machine.Program("strace");
        var handlers = folder.Create("handlers");
        foreach (var file in Directory.GetFiles(Programs.Folder))
        {
            File.CreateSymbolicLink(Path.Combine(handlers, Path.GetFileName(file)), file);
        }

        File.Delete(folder.At("handlers/superserver-handlers"));
        folder.WriteProgram("handlers/superserver-handlers", $"""
            #!/bin/sh
            {first}
            case $1 in
              notelnet) exec {command} {Programs.Folder}/superserver-handlers "$@";;
              *) exec {Programs.Folder}/superserver-handlers "$@";;
            esac
            """);
    }
}
