using System.Reflection;
using System.Runtime.CompilerServices;

namespace SuperServer.Handlers.Tests.Sdk;

/// <summary>
/// What authors may rely on is in PublicApi.txt, line by line. A change there is a decision; the first failure of this test writes what is true now beside the test
/// program, as PublicApi.actual.txt.
/// </summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void The_public_surface_is_the_one_that_was_approved()
    {
        var actual = string.Join('\n', typeof(Handler).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Describe)) + "\n";
        var approved = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi.txt"));

        if (actual != approved)
        {
            File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi.actual.txt"), actual);
        }

        Assert.Equal(approved, actual);
    }

    [Fact]
    public void Everything_public_is_documented()
    {
        var documentation = File.ReadAllText(Path.ChangeExtension(typeof(Handler).Assembly.Location, ".xml"));

        var types = typeof(Handler).Assembly.GetExportedTypes();

        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.Contains($"\"T:{type.FullName}\"", documentation, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Describe(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsSealed ? "sealed class" : "class";
        var bases = type.BaseType is { } parent && parent != typeof(object) ? $" : {Name(parent)}" : "";
        yield return $"{kind} {type.FullName}{bases}";
        foreach (var member in type.GetMembers(Declared).Where(IsPromised).Select(Describe).Order(StringComparer.Ordinal))
        {
            yield return $"  {member}";
        }
    }

    // A protected member of a class that nobody can derive from is not promised; nor is what the compiler adds to a record.
    private static bool IsPromised(MemberInfo member) => !member.IsDefined(typeof(CompilerGeneratedAttribute)) && member switch
    {
        MethodBase { IsSpecialName: true } method => method.IsConstructor && method.IsPublic,
        MethodBase method => method.IsPublic,
        PropertyInfo property => property.GetMethod is { IsPublic: true },
        FieldInfo field => field.IsPublic,
        _ => false,
    };

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{Static(method)}{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        PropertyInfo property => $"{Static(property.GetMethod!)}{Name(property.PropertyType)} {property.Name} {{ get;{Setter(property)} }}",
        FieldInfo { IsLiteral: true } constant => $"const {Name(constant.FieldType)} {constant.Name} = {constant.GetRawConstantValue()}",
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        _ => member.ToString()!,
    };

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : "";

    private static string Setter(PropertyInfo property) =>
        property.SetMethod is not { IsPublic: true } setter ? ""
        : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type) =>
        type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
}
