using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>What a service starts.</summary>
/// <param name="Path">The executable.</param>
/// <param name="Arguments">argv, argv[0] included.</param>
/// <param name="Handler">The handler's name; null for any other program.</param>
internal sealed record ServiceProgram(string Path, ValueList<string> Arguments, string? Handler);

/// <summary>Finds the program behind <c>exec</c> or <c>handler</c>, and makes sure that it is there.</summary>
internal sealed class ServicePrograms(HostFacts host, string handlersDirectory)
{
    /// <summary>The handler that reports to the administrator, and therefore needs [alerts].</summary>
    public const string Notelnet = "notelnet";

    public const string File = "file";
    public const string Ident = "ident";
    public const string Qotd = "qotd";
    public const string Redirect = "redirect";
    public const string Tcpmux = "tcpmux";

    /// <summary>The program that all built-in handlers are in.</summary>
    public const string Carrier = "superserver-handlers";

    /// <summary>What that one becomes for TLS.</summary>
    public const string Tls = "superserver-tls";

    private static readonly string[] _builtIn = ["chargen", "daytime", "discard", "echo", File, Ident, Notelnet, Qotd, Redirect, Tcpmux, "time"];

    /// <summary>What lies beside the handlers and is none.</summary>
    private static readonly string[] _ourOwn = ["superserver", Carrier, Tls, AlertsDefinition.MailerName, "superserver-connect"];

    private static readonly string[] _usualPlaces =
        ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/lib/git-core", "/usr/libexec"];

    private readonly Dictionary<string, string?> _answers = new(StringComparer.Ordinal);

    public static bool IsBuiltIn(string handler) => _builtIn.Contains(handler);

    public string PathOf(string program) => Path.Combine(handlersDirectory, program);

    public ServiceProgram? Read(TableReader table)
    {
        var exec = table.List(
            "exec", Values.AnyText, "the program and each argument by itself, as in [\"/usr/bin/git\", \"daemon\", \"--inetd\"]");
        var handler = table.Find("handler", Values.Text);
        var argv0 = table.Find("argv0", Values.Text);
        var (hasExec, hasHandler) = (table.Owns("exec"), table.Owns("handler"));
        if (hasExec == hasHandler)
        {
            table.Report(table.Place, hasExec
                ? $"{table.Title} has both 'exec' and 'handler': one of them must go"
                : $"{table.Title} has nothing to start: give it 'exec' (a program) or 'handler' (such as \"{Notelnet}\")");
            return null;
        }

        if (argv0 is not null && hasHandler)
        {
            table.Report(table.PlaceOf("argv0"), "'argv0' goes with 'exec'; a handler has its name there");
        }

        return handler is not null ? Handler(table, handler)
            : exec is not null ? Program(table, exec, argv0?.Value)
            : null;
    }

    /// <summary>A program of ours, beside the handlers; false (and a problem) when it is not there.</summary>
    public bool HasOwn(TableReader table, Place place, string name)
    {
        var path = PathOf(name);
        if (WhyNoProgram(path) is not { } why)
        {
            return true;
        }

        table.Report(place, $"{Printable.Quoted(path)} {why}: install it, or set 'handlers_dir' in [daemon] to where it is");
        return false;
    }

    private ServiceProgram? Program(TableReader table, IReadOnlyList<Placed<string>> exec, string? argv0)
    {
        if (exec.Count == 0)
        {
            table.Report(table.PlaceOf("exec"), "'exec' is empty: its first value is the program");
            return null;
        }

        var (program, place) = exec[0];
        if (WhyNot(program) is { } why)
        {
            table.Report(place, $"program {Printable.Quoted(program)} {why}");
            return null;
        }

        var arguments = exec.Skip(1).Select(argument => argument.Value);
        return new ServiceProgram(program, [argv0 ?? Path.GetFileName(program), .. arguments], null);
    }

    private string? WhyNot(string program)
    {
        if (program.StartsWith('/'))
        {
            return WhyNoProgram(program);
        }

        var found = program.Contains('/', StringComparison.Ordinal) || program.Length == 0
            ? null
            : _usualPlaces.Select(place => $"{place}/{program}").FirstOrDefault(path => host.Look(path).IsProgram);
        return "must be an absolute path" + (found is null ? "" : $" (did you mean '{found}'?)");
    }

    private ServiceProgram? Handler(TableReader table, Placed<string> handler)
    {
        var (name, place) = handler;
        if (IsBuiltIn(name))
        {
            return HasOwn(table, place, Carrier)
                ? new ServiceProgram(PathOf(Carrier), [Carrier, name], name)
                : null;
        }

        if (IsInstalled(name))
        {
            return new ServiceProgram(PathOf(name), [name], name);
        }

        var installed = (host.NamesIn(handlersDirectory) ?? []).Where(IsInstalled);
        var meant = Spelling.Suggestion(name, _builtIn.Concat(installed));
        var known = meant.Length > 0 ? meant
            : $"; built in are {string.Join(", ", _builtIn)}, others are executables in {Printable.Quoted(handlersDirectory)}";
        table.Report(place, $"there is no handler {Printable.Quoted(name)}{known}");
        return null;
    }

    /// <summary>Asked once for each program, however many services share it.</summary>
    private string? WhyNoProgram(string path)
    {
        if (!_answers.TryGetValue(path, out var why))
        {
            why = host.Look(path).WhyNoProgram;
            _answers.Add(path, why);
        }

        return why;
    }

    private bool IsInstalled(string name) =>
        !name.Contains('/', StringComparison.Ordinal) && !_ourOwn.Contains(name) && WhyNoProgram(PathOf(name)) is null;
}
