using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads a program and its arguments, which no shell will ever see.</summary>
internal sealed class CommandReader(HostFacts host)
{
    /// <param name="example">As the right value could look.</param>
    public ValueList<string>? Read(TableReader table, string key, string example)
    {
        var remedy = $"the program and each argument by itself, as in {example}";
        if (LetterReader.NotEmpty(table, key, table.List(key, Values.Text, remedy)) is not { Count: > 0 } command)
        {
            return null;
        }

        var place = ((TomlList)table.Map.Find(key)!.Value).Items[0].Place;
        var why = command[0].StartsWith('/') ? host.Look(command[0]).WhyNoProgram : "must be an absolute path";
        if (why is not null)
        {
            table.Report(place, $"program {Printable.Quoted(command[0])} {why}");
        }

        return command;
    }
}
