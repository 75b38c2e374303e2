using SuperServer.Commands.Flags;
using SuperServer.Configuration;
using SuperServer.Tests.Configuration;

namespace SuperServer.Tests.Commands.Flags;

/// <summary>A program is found as a shell finds it.</summary>
public sealed class SearchPathTests
{
    private static readonly string _first = Environment.GetEnvironmentVariable("PATH")!.Split(':')[0];

    private static readonly HostFacts _host = SomeMachine.Root with
    {
        Look = path => path == $"{_first}/greet" ? new FileFacts(FileKind.Regular, UnixFileMode.UserExecute) : new FileFacts(FileKind.Missing),
        NamesIn = folder => folder == _first ? ["greet"] : [],
    };

    [Fact]
    public void A_name_is_looked_for_in_PATH() => Assert.Equal($"{_first}/greet", SearchPath.Find("greet", _host, out _));

    [Fact]
    public void A_path_is_taken_from_where_we_are()
    {
        Assert.Equal("/bin/no-such", SearchPath.Find("/bin/no-such", _host, out _));
        Assert.Equal(Path.GetFullPath("greet"), SearchPath.Find("./greet", _host, out _));
    }

    [Fact]
    public void A_name_much_like_it_is_suggested()
    {
        Assert.Null(SearchPath.Find("gret", _host, out var suggestion));
        Assert.Equal(" (did you mean 'greet'?)", suggestion);
        Assert.Null(SearchPath.Find("", _host, out _));
    }
}
