namespace SuperServer.Commands.Flags;

/// <summary>A command that is told everything on its command line: what its help says, and what it does.</summary>
internal sealed record Tool
{
    public required string Name { get; init; }

    public required string Meaning { get; init; }

    /// <summary>What stands before "--": its name in the help, and what it means.</summary>
    public required (string Name, string Meaning) Operand { get; init; }

    public required IReadOnlyList<Flag> Flags { get; init; }

    /// <summary>What follows the list of flags in the help.</summary>
    public required string Examples { get; init; }

    /// <summary>It has a use for --config.</summary>
    public bool ReadsConfiguration { get; init; }

    public required Func<Given, int> Run { get; init; }
}
