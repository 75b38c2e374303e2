using SuperServer.Configuration;
using SuperServer.Hosting;

namespace SuperServer.Tests.Hosting;

public sealed class MachineIdFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("superserver-").FullName;

    private string State => Path.Combine(_folder, "state");

    private string IdFile => Path.Combine(State, "machine-id");

    [Fact]
    public void It_is_made_once_for_everybody_to_read_and_stays()
    {
        var id = MachineIdFile.Keep(State);

        Assert.Matches("^[0-9a-f]{16}$", id);
        Assert.Equal(id, MachineIdFile.Keep(State));
        Assert.Equal(id, MachineId.In(State));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(IdFile));
        Assert.Equal([IdFile], Directory.GetFiles(State));
    }

    [Fact]
    public void No_two_machines_have_the_same() => Assert.NotEqual(MachineId.New(), MachineId.New());

    [Theory]
    [InlineData("")]
    [InlineData("0123456789ABCDEF")]
    [InlineData("0123456789abcdef0")]
    public void What_is_none_is_replaced(string text)
    {
        Directory.CreateDirectory(State);
        File.WriteAllText(IdFile, text);

        Assert.Null(MachineId.In(State));
        Assert.Equal(MachineIdFile.Keep(State), MachineId.In(State));
        Assert.NotNull(MachineId.In(State));
    }

    [Fact]
    public void Where_it_cannot_be_written_there_is_none()
    {
        File.WriteAllText(State, "");

        Assert.Null(MachineIdFile.Keep(State));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
