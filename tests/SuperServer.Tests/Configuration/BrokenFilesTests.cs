using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>
/// Files with mistakes, as data: beside each NAME.toml lies NAME.expected, what <c>superserver check NAME.toml</c> prints in
/// that folder, on every machine and for every user.
/// </summary>
public sealed class BrokenFilesTests
{
    private const int Fewest = 32;

    private static readonly string _folder = Path.Combine(Repository.Root, "tests", "SuperServer.Tests", "Configuration", "Broken");

    public static TheoryData<string> Files => [.. Directory.GetFiles(_folder, "*.toml").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_enough_of_them_and_each_says_what_it_expects()
    {
        Assert.True(Files.Count >= Fewest, $"only {Files.Count} broken files in {_folder}");
        Assert.Equal(
            Files.Select(row => Path.ChangeExtension(row.Data, "expected")),
            Directory.GetFiles(_folder, "*.expected").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_broken_file_earns_exactly_its_messages_from_root(string file) => Check(file, SomeMachine.Root);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_broken_file_earns_exactly_its_messages_from_an_ordinary_user(string file) => Check(file, SomeMachine.Alice);

    private static void Check(string file, HostFacts machine)
    {
        var host = machine with
        {
            ReadFile = name => FileReading.Of(Path.Combine(_folder, name)),
            ReadSet = name => FileReading.Of(Path.Combine(_folder, name)),
            StampOf = name => FileStamp.Of(Path.Combine(_folder, name)),
            NamesIn = name => name.StartsWith('/') ? machine.NamesIn(name) : Directories.NamesIn(Path.Combine(_folder, name)),
            Look = name => name.StartsWith('/') ? machine.Look(name) : FileFacts.Of(Path.Combine(_folder, name)),
        };
        using var error = new StringWriter();

        var exitCode = SuperServer.Commands.CheckCommand.Run(file, host, TextWriter.Null, error);

        Assert.Equal(File.ReadAllText(Path.Combine(_folder, Path.ChangeExtension(file, "expected"))), error.ToString());
        Assert.Equal(78, exitCode);
    }
}
