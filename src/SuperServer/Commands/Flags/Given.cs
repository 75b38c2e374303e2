namespace SuperServer.Commands.Flags;

/// <summary>What was given on a command line: operands, flags with their values, and the program behind "--".</summary>
internal sealed record Given
{
    public IReadOnlyList<string> Operands { get; init; } = [];

    /// <summary>In the order in which the help lists the flags; a flag without a value has an empty one.</summary>
    public IReadOnlyList<(string Flag, string Value)> Flags { get; init; } = [];

    /// <summary>The program and its arguments; null when there is no "--".</summary>
    public IReadOnlyList<string>? Program { get; init; }

    /// <summary>The configuration file, when one was named.</summary>
    public string? Configuration { get; init; }

    public bool Has(string flag) => Flags.Any(given => given.Flag == flag);

    public string? Value(string flag) => Flags.Where(given => given.Flag == flag).Select(given => given.Value).FirstOrDefault();

    public IEnumerable<string> Values(string flag) => Flags.Where(given => given.Flag == flag).Select(given => given.Value);
}
