using System.Text.Json;
using System.Text.Json.Serialization;
using SuperServer.Handlers.Options;

namespace SuperServer.Handlers.Tests.Sdk;

public sealed partial class OptionsBindingTests
{
    [Fact]
    public void What_is_set_is_read_and_what_is_not_has_its_default()
    {
        var (options, problems) = Bind("""{"name":"ada","pause":"5m","ports":[22,23],"nested":{"depth":3}}""");

        Assert.Empty(problems);
        Assert.Equal(("ada", 7, TimeSpan.FromMinutes(5), 3), (options!.Name, options.Limit, options.Pause, options.Nested!.Depth));
        Assert.Equal([22, 23], options.Ports);
    }

    [Fact]
    public void Idle_is_for_the_SDK_whatever_the_author_has()
    {
        var table = HandlerOptions.Parse("""{"name":"ada","idle":"5s"}""");

        Assert.True(OptionsBinding.TryBind(table, BindingJson.Default.Wanted, out var options));
        Assert.NotNull(options);
        Assert.Equal(TimeSpan.FromSeconds(5), table.Duration("idle", TimeSpan.Zero));
        Assert.Empty(table.Problems);
    }

    [Theory]
    [InlineData("{}", "option 'name' is missing")]
    [InlineData("""{"name":7}""", "option 'name' must be a text")]
    [InlineData("""{"name":"a","limit":"7"}""", "option 'limit' must be a whole number from -2147483648 to 2147483647")]
    [InlineData("""{"name":"a","limit":1.5}""", "option 'limit' must be a whole number from -2147483648 to 2147483647")]
    [InlineData("""{"name":"a","loud":1}""", "option 'loud' must be true or false")]
    [InlineData("""{"name":"a","share":"half"}""", "option 'share' must be a number")]
    [InlineData("""{"name":"a","pause":"9w"}""", "option 'pause' must be a duration such as \"90s\", \"5m\" or \"2h\"")]
    [InlineData("""{"name":"a","pause":9}""", "option 'pause' must be a duration such as \"90s\", \"5m\" or \"2h\"")]
    [InlineData("""{"name":"a","pause":"4294967295d"}""", "option 'pause' must be a duration such as \"90s\", \"5m\" or \"2h\"")]
    [InlineData("""{"name":"a","ports":22}""", "option 'ports' must be a list, each of its values of the right kind")]
    [InlineData("""{"name":"a","ports":["ssh"]}""", "option 'ports[0]' has a wrong value")]
    [InlineData("""{"name":"a","colour":"mauve"}""", "option 'colour' is none of the values it can have")]
    [InlineData("""{"name":"a","nested":{"depth":"x"}}""", "option 'nested.depth' has a wrong value")]
    [InlineData("""{"name":"a","nested":{"dpth":1}}""", "there is no option 'nested.dpth'")]
    [InlineData("""{"name":"a","nmae":"b"}""", "there is no option 'nmae'")]
    [InlineData("""{"name":"a","Limit":7}""", "there is no option 'Limit'")]
    [InlineData("""{"name":"a","limit":-1}""", "'limit' must not be negative")]
    [InlineData("""[]""", "SUPERSERVER_OPTIONS is not a JSON object")]
    public void A_mistake_is_a_sentence_that_names_the_option(string json, string problem)
    {
        var (_, problems) = Bind(json);

        Assert.Contains(problem, problems);
    }

    [Fact]
    public void A_stranger_s_text_is_harmless_in_a_sentence()
    {
        var (_, problems) = Bind("{\"name\":\"a\",\"nested\":{\"\\u001b[2J\\n\":1}}");

        Assert.DoesNotContain(problems, problem => problem.Any(char.IsControl));
    }

    [Fact]
    public void A_duration_is_written_as_it_is_read()
    {
        var json = JsonSerializer.Serialize(new Wanted { Name = "a", Pause = TimeSpan.FromMilliseconds(1500) }, BindingJson.Default.Wanted);

        Assert.Contains("\"pause\":\"1500ms\"", json, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), JsonSerializer.Deserialize(json, BindingJson.Default.Wanted)!.Pause);
    }

    private static (Wanted? Options, string[] Problems) Bind(string json)
    {
        var table = HandlerOptions.Parse(json);
        OptionsBinding.TryBind(table, BindingJson.Default.Wanted, out var options);
        return (options, [.. table.Problems]);
    }

    internal enum Colour
    {
        Red,
        Green,
    }

    internal sealed record Wanted : IJsonOnDeserialized
    {
        public required string Name { get; set; }

        public int Limit { get; set; } = 7;

        public bool Loud { get; set; }

        public double Share { get; set; }

        public TimeSpan Pause { get; set; }

        public int[] Ports { get; set; } = [];

        public Colour Colour { get; set; }

        public Nest? Nested { get; set; }

        public void OnDeserialized()
        {
            if (Limit < 0)
            {
                throw new JsonException("'limit' must not be negative");
            }
        }
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record Nest
    {
        public int Depth { get; set; }
    }

    [JsonSerializable(typeof(Wanted))]
    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DurationConverter)], UseStringEnumConverter = true)]
    private sealed partial class BindingJson : JsonSerializerContext;
}
