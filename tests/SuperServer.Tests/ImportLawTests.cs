using System.Text.RegularExpressions;

namespace SuperServer.Tests;

/// <summary>Who may import whom. The drawing in docs/architecture.md, as data: changing it is a visible decision.</summary>
public sealed partial class ImportLawTests
{
    private static readonly string _source = Path.Combine(Repository.Root, "src", "SuperServer");

    /// <summary>Reads left to right, like a connection.</summary>
    public static TheoryData<string, string[]> Law => new()
    {
        { "Interop", [] },
        { "Configuration", ["Interop"] },
        { "Accepting", ["Configuration", "Interop"] },
        { "Admitting", ["Accepting", "Configuration"] },
        { "Launching", ["Accepting", "Configuration", "Interop"] },
        { "Reaping", ["Interop", "Launching"] },
        { "Recording", ["Accepting", "Admitting", "Configuration", "Interop", "Launching", "Reaping"] },
        { "Hosting", ["Configuration", "Interop"] },
        { "Control", ["Configuration", "Hosting", "Interop"] },
        { "Commands", ["Accepting", "Admitting", "Configuration", "Control", "Hosting", "Interop", "Launching", "Reaping", "Recording"] },
    };

    /// <summary>Packages have one door each.</summary>
    public static TheoryData<string, string> Doors => new()
    {
        { "Tomlyn", "^Configuration/" },
        { "Serilog", "^(Recording/|Commands/ServeCommand.cs|Commands/Run/RunCommand.cs)" },
        { "Mono.Unix", "^Configuration/Accounts.cs$" },
        { "System.CommandLine", "^Program.cs$" },
    };

    [Theory]
    [MemberData(nameof(Law))]
    public void A_room_imports_only_what_the_law_allows(string room, string[] allowed)
    {
        var files = FilesBelow(Path.Combine(_source, room));
        Assert.NotEmpty(files);

        var offences =
            from file in files
            from Match use in OwnNamespace().Matches(File.ReadAllText(file))
            let imported = use.Groups["room"].Value
            where imported != room && !allowed.Contains(imported)
            select $"{Path.GetRelativePath(_source, file)} uses {imported}";

        Assert.Empty(offences.Distinct());
    }

    [Fact]
    public void Every_room_has_its_law() =>
        Assert.Equal(
            Directory.GetDirectories(_source).Select(Path.GetFileName).Order(),
            Law.Select(row => row.Data.Item1).Order());

    [Theory]
    [MemberData(nameof(Doors))]
    public void A_package_is_used_through_its_one_door(string package, string door)
    {
        var users = FilesBelow(_source)
            .Where(file => Regex.IsMatch(File.ReadAllText(file), $@"\b(using |global::)?{Regex.Escape(package)}[.;]"))
            .Select(file => Path.GetRelativePath(_source, file))
            .ToArray();

        Assert.NotEmpty(users);
        Assert.All(users, user => Assert.Matches(door, user));
    }

    [Fact]
    public void The_daemon_references_none_of_the_handlers() =>
        Assert.DoesNotContain("ProjectReference", File.ReadAllText(Path.Combine(_source, "SuperServer.csproj")),
            StringComparison.Ordinal);

    private static string[] FilesBelow(string folder) => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories);

    [GeneratedRegex(@"\bSuperServer\.(?<room>[A-Z]\w+)")]
    private static partial Regex OwnNamespace();
}
