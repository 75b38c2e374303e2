using SuperServer.Handlers.BuiltIn.Ident;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Ident;

/// <summary>Users of this machine, and those of them who want to remain unnamed.</summary>
public sealed class AccountTests
{
    [Fact]
    public void A_number_has_the_name_that_the_machine_gives_it()
    {
        Assert.Equal("root", Account.Of(0)!.Name);
        Assert.Equal("/root", Account.Of(0)!.Home);
        Assert.Null(Account.Of(4_000_000_000));
    }

    [Fact]
    public void A_file_in_the_home_hides_its_owner()
    {
        var home = Directory.CreateTempSubdirectory("superserver-test-").FullName;
        var account = new Account("somebody", home);
        Assert.False(account.IsHidden);

        File.WriteAllText(Path.Combine(home, Account.HidingFile), "");
        Assert.True(account.IsHidden);

        Directory.Delete(home, recursive: true);
        Assert.False(account.IsHidden);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/nonexistent")]
    [InlineData("/dev/null")]
    public void Who_has_no_home_has_nothing_to_hide_in(string home) => Assert.False(new Account("daemon", home).IsHidden);

    [Fact]
    public void A_home_that_nobody_may_look_into_may_hold_the_file()
    {
        Assert.SkipWhen(Posix.geteuid() == 0, "root may look anywhere");
        Assert.True(new Account("root", "/root").IsHidden);
    }
}
