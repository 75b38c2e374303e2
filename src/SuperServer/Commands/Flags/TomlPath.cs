using System.Text;
using SuperServer.Configuration;
using SuperServer.Configuration.Toml;

namespace SuperServer.Commands.Flags;

/// <summary>A key and a value of the command line, as a file would have them: "pool.workers" and "4".</summary>
internal static class TomlPath
{
    /// <summary>Puts a value below a table. Returns where the key was set before, and leaves that; null when it is new.</summary>
    public static Place? Put(TomlMap table, string path, Place place, TomlNode value)
    {
        var keys = path.Split('.');
        foreach (var key in keys.SkipLast(1))
        {
            switch (table.Find(key))
            {
                case null:
                    var inner = new TomlMap(place, TomlOrigin.Dotted);
                    table.Add(new TomlEntry(key, place, inner));
                    table = inner;
                    break;
                case { Value: TomlMap map }:
                    table = map;
                    break;
                case var taken:
                    return taken.Place;
            }
        }

        if (table.Find(keys[^1]) is { } before)
        {
            return before.Place;
        }

        table.Add(new TomlEntry(keys[^1], place, value));
        return null;
    }

    /// <summary>What TOML takes it for, and text when that is nothing: nobody wants to quote for the shell and for TOML.</summary>
    public static TomlNode Value(Place place, string text)
    {
        var isOneLine = !text.AsSpan().ContainsAny('\n', '\r');
        var map = isOneLine ? TomlFile.Parse(place.File, Encoding.UTF8.GetBytes($"value = {text}"), []) : null;
        return map is { Entries: [{ Value: var value }] } ? At(place, value) : new TomlText(place, text);
    }

    private static TomlNode At(Place place, TomlNode node)
    {
        switch (node)
        {
            case TomlText text:
                return new TomlText(place, text.Value);
            case TomlNumber number:
                return new TomlNumber(place, number.Value);
            case TomlFlag flag:
                return new TomlFlag(place, flag.Value);
            case TomlFraction fraction:
                return new TomlFraction(place, fraction.Value);
            case TomlMoment moment:
                return new TomlMoment(place, moment.Value);
            case TomlList list:
                var items = new TomlList(place, list.OfTables);
                items.Items.AddRange(list.Items.Select(item => At(place, item)));
                return items;
            case TomlMap map:
                var copy = new TomlMap(place, map.Origin);
                map.Entries.ForEach(entry => copy.Add(new TomlEntry(entry.Key, place, At(place, entry.Value))));
                return copy;
            default:
                throw new InvalidOperationException($"No such value: {node}.");
        }
    }
}
