using Tomlyn.Syntax;

namespace SuperServer.Configuration.Toml;

/// <summary>
/// Makes tables out of Tomlyn's syntax. Tomlyn's own validation misses some redefinitions and its model keeps no places,
/// therefore what may define what (TOML 1.1, "Table" and "Keys") is decided here, and every violation is a problem of its own.
/// </summary>
internal sealed class TomlTree(string file, ICollection<Problem> problems)
{
    /// <summary>Deeper than any sense, and shallow enough for whoever walks the tree by recursion.</summary>
    private const int LongestKey = 32;

    public TomlMap Build(DocumentSyntax document)
    {
        var root = new TomlMap(new Place(file, 1, 1), TomlOrigin.Header);
        AddPairs(root, document.KeyValues);
        foreach (var table in document.Tables)
        {
            if (table.Name is { } name && PartsOf(name) is { } parts)
            {
                AddPairs(Enter(root, parts, table is TableArraySyntax), table.Items);
            }
        }

        return root;
    }

    private TomlMap Enter(TomlMap root, List<TomlKey> path, bool isElement)
    {
        var place = path[0].Place with { Column = path[0].Place.Column - (isElement ? 2 : 1) };
        var parent = root;
        foreach (var key in path.SkipLast(1))
        {
            if (Descend(parent, key, place) is not { } next)
            {
                return Detached(place);
            }

            parent = next;
        }

        return isElement ? OpenElement(parent, path, place) : OpenTable(parent, path, place);
    }

    /// <summary>One step along a header; the last table of a list stands for the list.</summary>
    private TomlMap? Descend(TomlMap parent, TomlKey key, Place place)
    {
        switch (parent.Find(key.Name)?.Value)
        {
            case null:
                var implied = new TomlMap(place, TomlOrigin.Implied);
                parent.Add(new TomlEntry(key.Name, key.Place, implied));
                return implied;
            case TomlMap { Origin: not TomlOrigin.Inline } map:
                return map;
            case TomlList { OfTables: true } list:
                return (TomlMap)list.Items[^1];
            case var other:
                ComplainOfTwo(key, other);
                return null;
        }
    }

    private TomlMap OpenTable(TomlMap parent, List<TomlKey> path, Place place)
    {
        var key = path[^1];
        switch (parent.Find(key.Name)?.Value)
        {
            case null:
                var table = new TomlMap(place, TomlOrigin.Header);
                parent.Add(new TomlEntry(key.Name, key.Place, table));
                return table;
            case TomlMap { Origin: TomlOrigin.Implied } implied:
                implied.Open(place);
                return implied;
            case TomlMap map:
                Complain(place, $"table [{Name(path)}] is written twice; the first is at line {map.OpenedAt.Line}");
                return Detached(place);
            case var other:
                Complain(place, $"[{Name(path)}] is already {other.Description}, set at line {other.Place.Line}");
                return Detached(place);
        }
    }

    private TomlMap OpenElement(TomlMap parent, List<TomlKey> path, Place place)
    {
        var key = path[^1];
        var element = new TomlMap(place, TomlOrigin.Header);
        switch (parent.Find(key.Name)?.Value)
        {
            case null:
                parent.Add(new TomlEntry(key.Name, key.Place, new TomlList(place, ofTables: true) { Items = { element } }));
                break;
            case TomlList { OfTables: true } list:
                list.Items.Add(element);
                break;
            case var other:
                Complain(place, $"[[{Name(path)}]] is already {other.Description}, set at line {other.Place.Line}");
                break;
        }

        return element;
    }

    private void AddPairs(TomlMap table, SyntaxList<KeyValueSyntax> pairs)
    {
        foreach (var pair in pairs)
        {
            AddPair(table, pair);
        }
    }

    private void AddPair(TomlMap table, KeyValueSyntax pair)
    {
        if (pair is not { Key: { } name, Value: { } value } || PartsOf(name) is not { } path)
        {
            return;
        }

        foreach (var key in path.SkipLast(1))
        {
            if (DescendDotted(table, key) is not { } next)
            {
                return;
            }

            table = next;
        }

        Set(table, path[^1], value);
    }

    private TomlMap? DescendDotted(TomlMap table, TomlKey key)
    {
        switch (table.Find(key.Name)?.Value)
        {
            case null:
                var dotted = new TomlMap(key.Place, TomlOrigin.Dotted);
                table.Add(new TomlEntry(key.Name, key.Place, dotted));
                return dotted;
            case TomlMap { Origin: TomlOrigin.Dotted } map:
                return map;
            case var other:
                ComplainOfTwo(key, other);
                return null;
        }
    }

    private void Set(TomlMap table, TomlKey key, ValueSyntax value)
    {
        var node = NodeOf(value);
        if (table.Find(key.Name) is { } earlier)
        {
            Complain(key.Place, $"{Printable.Quoted(key.Name)} is set twice; the first is at line {earlier.Place.Line}");
        }
        else
        {
            table.Add(new TomlEntry(key.Name, key.Place, node));
        }
    }

    private TomlNode NodeOf(ValueSyntax value) => value switch
    {
        StringValueSyntax text => new TomlText(PlaceOf(text), text.Value ?? ""),
        IntegerValueSyntax number => new TomlNumber(PlaceOf(number), number.Value),
        BooleanValueSyntax flag => new TomlFlag(PlaceOf(flag), flag.Value),
        FloatValueSyntax fraction => new TomlFraction(PlaceOf(fraction), fraction.Value),
        ArraySyntax array => ListOf(array),
        InlineTableSyntax inline => MapOf(inline),
        _ => new TomlMoment(PlaceOf(value), value.ToString().Trim()),
    };

    private TomlList ListOf(ArraySyntax array)
    {
        var list = new TomlList(PlaceOf(array), ofTables: false);
        foreach (var item in array.Items)
        {
            if (item.Value is { } value)
            {
                list.Items.Add(NodeOf(value));
            }
        }

        return list;
    }

    private TomlMap MapOf(InlineTableSyntax inline)
    {
        var map = new TomlMap(PlaceOf(inline), TomlOrigin.Inline);
        foreach (var item in inline.Items)
        {
            if (item.KeyValue is { } pair)
            {
                AddPair(map, pair);
            }
        }

        return map;
    }

    private List<TomlKey>? PartsOf(KeySyntax name)
    {
        if (name.Key is not { } first || name.DotKeys.ChildrenCount >= LongestKey)
        {
            Complain(PlaceOf(name), $"a key may have at most {LongestKey} parts");
            return null;
        }

        var parts = new List<TomlKey> { PartOf(first) };
        foreach (var further in name.DotKeys)
        {
            if (further.Key is { } key)
            {
                parts.Add(PartOf(key));
            }
        }

        return parts;
    }

    private TomlKey PartOf(BareKeyOrStringValueSyntax key) =>
        new(key is StringValueSyntax quoted ? quoted.Value ?? "" : ((BareKeySyntax)key).Key?.Text ?? "", PlaceOf(key));

    private static string Name(List<TomlKey> path) => string.Join('.', path.Select(key => Printable.Escaped(key.Name)));

    /// <summary>Takes the keys of a table that could not be opened, so that each of them is not a mistake once more.</summary>
    private static TomlMap Detached(Place place) => new(place, TomlOrigin.Header);

    private Place PlaceOf(SyntaxNode node) => new(file, node.Span.Start.Line + 1, node.Span.Start.Column + 1);

    private void ComplainOfTwo(TomlKey key, TomlNode earlier) =>
        Complain(key.Place, $"{Printable.Quoted(key.Name)} is already {earlier.Description}, set at line {earlier.Place.Line}");

    private void Complain(Place place, string message) => problems.Add(new Problem(place, message));

    /// <summary>One part of a dotted name.</summary>
    private sealed record TomlKey(string Name, Place Place);
}
