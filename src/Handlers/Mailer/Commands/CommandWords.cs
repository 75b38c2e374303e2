using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>What was typed behind a command, by its form: whatever the form does not know is refused with the right call.</summary>
internal sealed class CommandWords
{
    private readonly CommandForm _form;
    private readonly List<(string Name, string Value)> _options = [];
    private readonly List<string> _operands = [];

    private CommandWords(CommandForm form) => _form = form;

    public string Name => _form.Name;

    public IReadOnlyList<string> Operands => _operands;

    public bool IsJson => Has("--json");

    public static CommandWords Read(CommandForm form, IEnumerable<string> words)
    {
        var read = new CommandWords(form);
        var rest = new Queue<string>(words);
        while (rest.TryDequeue(out var word))
        {
            read.Take(word, rest);
        }

        return read._operands.Count == form.Operands.Count ? read : throw read.CalledOtherwise();
    }

    public bool Has(string option) => _options.Exists(entry => entry.Name == option);

    public IReadOnlyList<string> Texts(string option) => [.. _options.Where(entry => entry.Name == option).Select(entry => entry.Value)];

    public string? Text(string option) => Texts(option) is [.., var last] ? last : null;

    /// <summary>A whole number behind an option; null when it was not given.</summary>
    public int? Number(string option, int least, int most) => Text(option) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
        var text => throw Wrong($"'{option} {Clean.Text(text, 40)}': a whole number from {least} to {most} is wanted"),
    };

    /// <summary>A length of time behind an option; null when it was not given.</summary>
    public TimeSpan? Time(string option) => Text(option) switch
    {
        null => null,
        var text => LengthOfTime(text) ?? throw Wrong($"'{option} {Clean.Text(text, 40)}': a length of time is wanted, such as 90s, 15m, 24h or 7d"),
    };

    public CommandException Wrong(string what) => new(ExitCode.Usage, $"{what}; see superserver alert {Name} --help");

    private void Take(string word, Queue<string> rest)
    {
        if (!word.StartsWith("--", StringComparison.Ordinal))
        {
            _operands.Add(word);
            return;
        }

        var (name, value) = word.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (word[..at], word[(at + 1)..]) : (word, null);
        var option = _form.AllOptions.FirstOrDefault(option => option.Name == name)
            ?? throw Wrong($"'{Name}' knows no option '{Clean.Text(name, 40)}'");
        _options.Add((name, (option.Value, value) switch
        {
            (null, null) => "",
            (null, _) => throw Wrong($"'{name}' takes no value"),
            (_, null) => rest.TryDequeue(out var next) ? next : throw Wrong($"'{name}' wants {option.Value} behind it"),
            _ => value,
        }));
    }

    private CommandException CalledOtherwise() => Wrong($"'{Name}' is called so: {_form.Usage}");

    private static TimeSpan? LengthOfTime(string text)
    {
        const int Longest = 1_000_000;
        return text is [.. var digits, var unit]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= Longest
                ? unit switch
                {
                    's' => TimeSpan.FromSeconds(count),
                    'm' => TimeSpan.FromMinutes(count),
                    'h' => TimeSpan.FromHours(count),
                    'd' => TimeSpan.FromDays(Math.Min(count, 100_000)),
                    _ => null,
                }
                : null;
    }
}
