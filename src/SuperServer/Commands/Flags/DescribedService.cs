using System.Globalization;
using SuperServer.Configuration;
using SuperServer.Configuration.Toml;

namespace SuperServer.Commands.Flags;

/// <summary>
/// Makes of flags the table that a file would have, and has it read where a file is read: whether it makes sense is decided in
/// one place. A mistake stands at its flag.
/// </summary>
internal sealed class DescribedService
{
    /// <summary>What a service is called when its program has no name that a service could have.</summary>
    public const string AnyName = "run";

    private readonly string _title;
    private readonly Given _given;
    private readonly HostFacts _host;
    private readonly List<Problem> _problems = [];
    private readonly TomlMap _table;
    private int _column;

    private DescribedService(string title, Given given, HostFacts host)
    {
        (_title, _given, _host) = (title, given, host);
        _table = new TomlMap(Start, TomlOrigin.Header);
    }

    private Place Start => new(_title, 0, 0);

    /// <summary>Reads the one service that was described.</summary>
    /// <param name="title">The command, for a mistake that is no single flag's.</param>
    /// <param name="given">What was given.</param>
    /// <param name="listen">Where it listens, each text as in a file.</param>
    /// <param name="host">The machine.</param>
    public static ConfigurationReading Read(string title, Given given, IEnumerable<string> listen, HostFacts host) =>
        new DescribedService(title, given, host).Read(listen);

    private ConfigurationReading Read(IEnumerable<string> listen)
    {
        var place = Next("LISTEN");
        Add("listen", place, TextsAt(place, listen));
        foreach (var flag in ServiceFlags.Keys.Where(flag => _given.Has(flag.Name)))
        {
            AddKey(flag);
        }

        var (name, handlers) = AddProgram();
        AddText("cwd", Next(ServiceFlags.Directory.Name), Path.GetFullPath(_given.Value(ServiceFlags.Directory.Name) ?? "."));
        AddVariables();
        AddSettings(ServiceFlags.Option, "options.");
        AddSettings(ServiceFlags.Setting, "");
        if (_table.Find("stderr") is null)
        {
            AddText("stderr", Start, "log");
        }

        return _problems.Count > 0
            ? new ConfigurationReading.Broken([.. _problems], CannotBeOpened: false)
            : ConfigurationReader.Read(_title, Tree(name), handlers is null ? _host : _host with { HandlersDirectory = handlers });
    }

    private Place Next(string flag) => new(flag, 0, ++_column);

    private void Add(string key, Place place, TomlNode value) => _table.Add(new TomlEntry(key, place, value));

    private void AddText(string key, Place place, string text) => Add(key, place, new TomlText(place, text));

    private static TomlList TextsAt(Place place, IEnumerable<string> texts)
    {
        var list = new TomlList(place, ofTables: false);
        list.Items.AddRange(texts.Select(text => new TomlText(place, text)));
        return list;
    }

    private void AddKey(Flag flag)
    {
        var place = Next(flag.Name);
        var key = flag.Name[2..].Replace('-', '_');
        var value = _given.Value(flag.Name)!;
        Add(key, place, flag.Repeats ? TextsAt(place, _given.Values(flag.Name))
            : flag.Value == "N" && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? new TomlNumber(place, number)
            : new TomlText(place, value));
    }

    /// <summary>The name of the service that starts it, and the folder of a handler that was given as a path.</summary>
    private (string Name, string? Handlers) AddProgram()
    {
        if (_given.Value(ServiceFlags.Handler.Name) is { } handler)
        {
            var isPath = handler.Contains('/', StringComparison.Ordinal);
            AddText("handler", Next(ServiceFlags.Handler.Name), isPath ? Path.GetFileName(handler) : handler);
            AddCommand();
            return (NameFor(handler), isPath ? Path.GetDirectoryName(Path.GetFullPath(handler)) : null);
        }

        return (NameFor(AddCommand()), null);
    }

    private string AddCommand()
    {
        if (_given.Program is not { Count: > 0 } command)
        {
            return AnyName;
        }

        var (place, word) = (Next("CMD"), command[0]);
        if (SearchPath.Find(word, _host, out var suggestion) is { } program)
        {
            Add("exec", place, TextsAt(place, command.Skip(1).Prepend(program)));
            return program;
        }

        _problems.Add(new Problem(place, $"there is no program {Printable.Quoted(word)} in PATH{suggestion}"));
        return AnyName;
    }

    private static string NameFor(string program)
    {
        var name = Path.GetFileName(program).ToLowerInvariant();
        return name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0]) && name != AlertsDefinition.MailerName
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-') ? name : AnyName;
    }

    // A value that was not given is ours, which the program would not have otherwise.
    private void AddVariables()
    {
        var place = Next(ServiceFlags.Variable.Name);
        var map = new TomlMap(place, TomlOrigin.Inline);
        foreach (var text in _given.Values(ServiceFlags.Variable.Name))
        {
            var (name, value) = Split(text);
            value ??= Environment.GetEnvironmentVariable(name);
            if (map.Find(name) is not null || value is null)
            {
                _problems.Add(new Problem(place, map.Find(name) is null
                    ? $"there is no variable {Printable.Quoted(name)} to pass on: write {Printable.Escaped(name)}=VALUE"
                    : $"{Printable.Quoted(name)} is set twice"));
                continue;
            }

            map.Add(new TomlEntry(name, place, new TomlText(place, value)));
        }

        Add("env", place, map);
    }

    private void AddSettings(Flag flag, string prefix)
    {
        foreach (var text in _given.Values(flag.Name))
        {
            var place = Next(flag.Name);
            var (key, value) = Split(text);
            var why = key.Length == 0 || value is null ? $"{Printable.Quoted(text)} is not {flag.Value}"
                : TomlPath.Put(_table, prefix + key, place, TomlPath.Value(place, value)) is { } before
                    ? $"{Printable.Quoted(key)} is set already, by {before.File}"
                : null;
            if (why is not null)
            {
                _problems.Add(new Problem(place, why));
            }
        }
    }

    private static (string Key, string? Value) Split(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
    }

    private TomlMap Tree(string name)
    {
        var services = new TomlMap(Start, TomlOrigin.Header);
        services.Add(new TomlEntry(name, Start, _table));
        var root = new TomlMap(Start, TomlOrigin.Header);
        root.Add(new TomlEntry("service", Start, services));
        return root;
    }
}
