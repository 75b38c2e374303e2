namespace SuperServer.Handlers.Tests.Sdk;

public sealed class HandlerOptionsTests
{
    [Fact]
    public void Without_options_the_defaults_stand()
    {
        var options = HandlerOptions.Parse(null);

        Assert.Equal("a", options.Text("text", "a"));
        Assert.Equal(7, options.Number("number", 7, 0, 10));
        Assert.Equal(TimeSpan.FromSeconds(1), options.Duration("idle", TimeSpan.FromSeconds(1)));
        Assert.Empty(options.Problems);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("90s", 90_000)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    public void A_duration_is_a_number_and_a_unit(string text, int milliseconds)
    {
        var options = HandlerOptions.Parse($$"""{"idle":"{{text}}"}""");

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), options.Duration("idle", TimeSpan.Zero));
        Assert.Empty(options.Problems);
    }

    [Theory]
    [InlineData("""{"idle":"5"}""", "option 'idle' must be a duration such as \"90s\", \"5m\" or \"2h\"")]
    [InlineData("""{"idle":"s"}""", "option 'idle' must be a duration such as \"90s\", \"5m\" or \"2h\"")]
    [InlineData("""{"idle":"5x"}""", "option 'idle' must be a duration such as \"90s\", \"5m\" or \"2h\"")]
    [InlineData("""{"idle":5}""", "option 'idle' must be a text")]
    [InlineData("""{"number":11}""", "option 'number' must be a number from 0 to 10")]
    [InlineData("""{"number":-1}""", "option 'number' must be a number from 0 to 10")]
    [InlineData("""{"number":1.5}""", "option 'number' must be a number from 0 to 10")]
    [InlineData("""{"number":"1"}""", "option 'number' must be a number from 0 to 10")]
    [InlineData("""{"choice":"c"}""", "option 'choice' must be one of: a, b")]
    [InlineData("""{"n\u001bmber":1}""", "there is no option 'n\\u001Bmber'")]
    [InlineData("""[]""", "SUPERSERVER_OPTIONS is not a JSON object")]
    [InlineData("""{"a":""", "SUPERSERVER_OPTIONS is not a JSON object")]
    public void A_mistake_is_named_and_the_default_stands(string json, string problem)
    {
        var options = HandlerOptions.Parse(json);

        Assert.Equal(TimeSpan.FromSeconds(1), options.Duration("idle", TimeSpan.FromSeconds(1)));
        Assert.Equal(7, options.Number("number", 7, 0, 10));
        Assert.Equal("a", options.Choice("choice", "a", "a", "b"));
        Assert.Equal([problem], options.Problems);
    }

    [Theory]
    [InlineData("{}", new string[0])]
    [InlineData("""{"to":"a"}""", new[] { "a" })]
    [InlineData("""{"to":["a","b"]}""", new[] { "a", "b" })]
    public void A_list_of_texts_may_be_one(string json, string[] texts)
    {
        var options = HandlerOptions.Parse(json);

        Assert.Equal(texts, options.Texts("to"));
        Assert.Empty(options.Problems);
    }

    [Theory]
    [InlineData("""{"to":1}""")]
    [InlineData("""{"to":["a",1]}""")]
    public void A_list_of_anything_else_is_a_mistake(string json)
    {
        var options = HandlerOptions.Parse(json);

        Assert.Empty(options.Texts("to"));
        Assert.Equal(["option 'to' must be a text or a list of texts"], options.Problems);
    }

    [Fact]
    public void A_flag_is_true_or_false()
    {
        var options = HandlerOptions.Parse("""{"yes":true,"no":false,"maybe":"true"}""");

        Assert.True(options.Flag("yes", otherwise: false));
        Assert.False(options.Flag("no", otherwise: true));
        Assert.True(options.Flag("maybe", otherwise: true));
        Assert.True(options.Flag("none", otherwise: true));
        Assert.Equal(["option 'maybe' must be true or false"], options.Problems);
    }
}
