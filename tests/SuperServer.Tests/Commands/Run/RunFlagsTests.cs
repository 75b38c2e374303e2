using SuperServer.Commands.Flags;
using SuperServer.Commands.Run;
using SuperServer.Configuration;

namespace SuperServer.Tests.Commands.Run;

/// <summary>How long it serves and how much it says.</summary>
public sealed class RunFlagsTests
{
    [Theory]
    [InlineData("--once", "", 1)]
    [InlineData("--connections", "12", 12)]
    [InlineData("--quiet", "", null)]
    public void It_ends_after_so_many_clients_or_never(string flag, string value, int? clients)
    {
        var stint = RunFlags.Stint(new Given { Flags = [(flag, value)] });

        Assert.Equal(clients, stint.Clients);
        Assert.True(stint.IsPassing);
    }

    [Theory]
    [InlineData("--quiet", nameof(LogLevel.Warning))]
    [InlineData("--verbose", nameof(LogLevel.Debug))]
    [InlineData("--once", nameof(LogLevel.Information))]
    public void It_says_as_much_as_it_is_told_to(string flag, string level) =>
        Assert.Equal(level, RunFlags.Log(new Given { Flags = [(flag, "")] }).Level.ToString());

    [Theory]
    [InlineData("--connections", "0")]
    [InlineData("--connections", "-1")]
    [InlineData("--connections", "1.5")]
    public void A_count_of_clients_is_a_whole_number_above_nothing(string flag, string value) =>
        Assert.NotNull(RunFlags.WhyNot(new Given { Program = ["cat"], Flags = [(flag, value)] }));

    [Fact]
    public void No_flag_has_the_name_or_the_letter_of_another() => Assert.Equal(
        RunFlags.All.Count + RunFlags.All.Count(flag => flag.Short is not null),
        RunFlags.All.Select(flag => flag.Name).Concat(RunFlags.All.Select(flag => flag.Short).OfType<string>()).Append("-c").Distinct().Count() - 1);
}
