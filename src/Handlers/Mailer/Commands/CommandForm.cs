using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>Something that may stand behind a command: a flag, or, with a value's name, a key.</summary>
internal sealed record CommandOption(string Name, string? Value, string Does)
{
    public string Spelling => Value is null ? Name : $"{Name} {Value}";
}

/// <summary>How one command of <c>superserver alert</c> is called, and what its <c>--help</c> says.</summary>
internal sealed record CommandForm(string Name, string Does)
{
    private static readonly CommandOption _json = new("--json", null, "print the answer as JSON, in the form that docs/alerts.md describes");

    /// <summary>What stands behind the name, in the order of the usage line.</summary>
    public IReadOnlyList<string> Operands { get; init; } = [];

    public IReadOnlyList<CommandOption> Options { get; init; } = [];

    /// <summary>Paragraphs of its own help.</summary>
    public required string Help { get; init; }

    public required string ExitCodes { get; init; }

    public IReadOnlyList<CommandOption> AllOptions => [.. Options, _json];

    public string Usage =>
        string.Join(' ', [$"superserver alert {Name}", .. Operands, .. AllOptions.Select(option => $"[{option.Spelling}]")]);

    public string Page()
    {
        var page = new StringBuilder().Append(Usage).Append("\n\n").Append(Help).Append("\n\n");
        var width = AllOptions.Max(option => option.Spelling.Length);
        foreach (var option in AllOptions)
        {
            page.Append("  ").Append(option.Spelling.PadRight(width)).Append("  ").Append(option.Does).Append('\n');
        }

        return page.Append("\nExit codes: ").Append(ExitCodes).ToString();
    }
}
