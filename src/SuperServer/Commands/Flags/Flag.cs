namespace SuperServer.Commands.Flags;

/// <summary>A flag of a command: how it is written and what it means. Which library reads the command line is Program's business.</summary>
/// <param name="Name">"--user".</param>
/// <param name="Value">What stands behind it in the help, "NAME"; null when nothing does.</param>
/// <param name="Meaning">One line of the help.</param>
internal sealed record Flag(string Name, string? Value, string Meaning)
{
    /// <summary>One letter, "-u"; null for none.</summary>
    public string? Short { get; init; }

    /// <summary>It may be given several times.</summary>
    public bool Repeats { get; init; }
}
