using SuperServer.Configuration;

namespace SuperServer.Commands.Flags;

/// <summary>What is wrong with a command line.</summary>
internal static class FlagProblems
{
    /// <summary>A flag that nobody knows looks like an operand; null when there is none.</summary>
    public static string? Unknown(Given given, IEnumerable<Flag> flags) =>
        given.Operands.FirstOrDefault(operand => operand is ['-', _, ..]) is { } unknown
            ? $"there is no flag {Printable.Quoted(unknown)}{Spelling.Suggestion(unknown, flags.Select(flag => flag.Name))}"
            : null;

    /// <summary>Prints one mistake a line, in the words that a file would have earned.</summary>
    public static int Report(ConfigurationReading.Broken broken, TextWriter error)
    {
        foreach (var problem in broken.Problems)
        {
            error.WriteLine(Printable.Escaped(problem.ToString()));
        }

        return ExitCode.Configuration;
    }
}
