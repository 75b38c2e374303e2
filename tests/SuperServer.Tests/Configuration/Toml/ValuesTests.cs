using System.Text;
using SuperServer.Configuration;
using SuperServer.Configuration.Toml;

namespace SuperServer.Tests.Configuration.Toml;

/// <summary>The kinds of value; what a wrong one earns stands in Broken/.</summary>
public sealed class ValuesTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("90s", 90_000)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("0s", 0)]
    public void A_duration_has_a_number_and_a_unit(string text, double milliseconds) =>
        Assert.Equal(milliseconds, Values.Duration(TimeSpan.Zero, TimeSpan.FromDays(30))(Text(text)).Value.TotalMilliseconds);

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("1.5h")]
    [InlineData("5S")]
    [InlineData("5w")]
    [InlineData("1h30m")]
    [InlineData("99999999999999999999s")]
    [InlineData("9223372036854775807d")]
    [InlineData("31d")]
    [InlineData("٥s")]
    public void Nothing_else_is_one(string text) =>
        Assert.NotNull(Values.Duration(TimeSpan.Zero, TimeSpan.FromDays(30))(Text(text)).Objection);

    [Theory]
    [InlineData("22", 18)]
    [InlineData("022", 18)]
    [InlineData("0022", 18)]
    [InlineData("0", 0)]
    [InlineData("777", 511)]
    public void A_mask_is_octal(string text, int mask) => Assert.Equal(mask, Values.Mask(Text(text)).Value);

    [Theory]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("1000")]
    [InlineData("00022")]
    [InlineData("0o22")]
    [InlineData("-22")]
    public void Nothing_else_is_a_mask(string text) => Assert.NotNull(Values.Mask(Text(text)).Objection);

    [Theory]
    [InlineData(1)]
    [InlineData(65535)]
    public void The_bounds_of_a_number_belong_to_it(int number) =>
        Assert.Equal(number, Values.WholeNumber(1, 65535)(Node($"{number}")).Value);

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("1.0")]
    public void What_is_beyond_does_not(string number) => Assert.NotNull(Values.WholeNumber(1, 65535)(Node(number)).Objection);

    private static TomlText Text(string text) => new(default, text);

    private static TomlNode Node(string value) => TomlFile.Parse("f.toml", Encoding.UTF8.GetBytes($"a = {value}"), new List<Problem>())!.Find("a")!.Value;
}
