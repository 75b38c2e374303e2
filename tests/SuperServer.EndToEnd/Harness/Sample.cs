using System.Text.RegularExpressions;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A handler that people copy (src/Handlers/Samples), put where its TOML says that it is.</summary>
internal static partial class Sample
{
    public static string Folder { get; } = Path.Combine(Programs.Project, "src/Handlers/Samples");

    /// <summary>Puts a program among the installed handlers of daemons in this folder.</summary>
    public static void Install(PrivateFolder folder, string program)
    {
        if (!Directory.Exists(folder.At("handlers")))
        {
            folder.Create("handlers");
        }

        folder.WriteProgram($"handlers/{Path.GetFileName(program)}", File.ReadAllText(Path.Combine(Folder, program)));
    }

    /// <summary>
    /// The services of a sample's own TOML, to the letter but for what differs from machine to machine: where the program lies, which
    /// port is free, and, for a daemon that cannot become somebody else, as whom it runs.
    /// </summary>
    public static string Services(PrivateFolder folder, string program)
    {
        Install(folder, program);
        var text = File.ReadAllText(Path.Combine(Folder, Path.ChangeExtension(program, ".toml")));
        text = text.Replace("/usr/local/lib/superserver", folder.At("handlers"), StringComparison.Ordinal);
        text = Port().Replace(text, ":0\"");
        return folder.Owner == Who.Root ? text : text.Replace("user = \"nobody\"\n", "", StringComparison.Ordinal);
    }

    [GeneratedRegex(":[0-9]+\"")]
    private static partial Regex Port();
}
