using System.Reflection;

namespace SuperServer.EndToEnd.Conformance;

/// <summary>No line of the two lists may lose its test, wherever in this assembly that is.</summary>
public sealed class CompletenessTests
{
    private const int Behaviours = 15;
    private const int Defects = 18;

    [Fact]
    public void Every_behaviour_and_every_defect_has_a_test_and_no_trait_names_another()
    {
        var wanted = Numbered("behaviour", Behaviours).Concat(Numbered("defect", Defects));

        Assert.Equal(wanted.Order(StringComparer.Ordinal), Proven().Distinct().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Numbered(string kind, int count) =>
        Enumerable.Range(1, count).Select(number => $"{kind} {number}");

    private static IEnumerable<string> Proven() => typeof(CompletenessTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
        .SelectMany(method => method.GetCustomAttributes<TraitAttribute>())
        .Where(trait => trait.Name == "Conformance")
        .Select(trait => trait.Value);
}
