using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace SuperServer.Tests;

/// <summary>What one daemon leaves to the next is in the hands of a file in memory in between.</summary>
public sealed class EstateTests
{
    private static readonly string[] _descriptorNames = ["RunLock", "Descriptor", "PidFd", "Words", "Socket"];

    private int _next = 100;

    [Fact]
    public void Every_field_arrives_as_it_was_left()
    {
        var estate = (Estate)Fill(typeof(Estate));

        var read = JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(estate, EstateJson.Default.Estate), EstateJson.Default.Estate);

        Assert.Equivalent(estate, read, strict: true);
    }

    [Fact]
    public void Every_descriptor_is_among_those_that_stay_open()
    {
        var estate = (Estate)Fill(typeof(Estate));
        var expected = new List<int>();
        Collect(estate, expected);

        Assert.Equal(_descriptorNames.Length, expected.Count);
        Assert.Equal(expected.Order(), estate.Descriptors.Order());
    }

    // A new property must be put on one side or the other: forgotten, a descriptor would be closed under the next daemon.
    [Fact]
    public void Whole_numbers_of_32_bits_are_descriptors_or_known_to_be_something_else()
    {
        string[] others = ["Version", "Pid", "Taken", "Port"];

        var numbers = Records().SelectMany(Properties).Where(property => property.PropertyType == typeof(int)).Select(property => property.Name);

        Assert.Equal(_descriptorNames.Concat(others).Order(StringComparer.Ordinal), numbers.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_descriptor_that_is_none_is_not_kept_open()
    {
        var estate = (Estate)Fill(typeof(Estate));
        var without = estate with { Children = [estate.Children[0] with { Words = -1, Socket = -1 }] };

        Assert.Equal(estate.Descriptors.Count() - 2, without.Descriptors.Count());
        Assert.DoesNotContain(-1, without.Descriptors);
    }

    private static IEnumerable<Type> Records() =>
        [typeof(Estate), typeof(ServiceEstate), typeof(ListenerEstate), typeof(ChildEstate), typeof(ConnectionEstate), typeof(PeerEstate)];

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);

    private static void Collect(object record, List<int> descriptors)
    {
        foreach (var property in Properties(record.GetType()))
        {
            var value = property.GetValue(record);
            if (_descriptorNames.Contains(property.Name))
            {
                descriptors.Add((int)value!);
            }
            else if (value is IEnumerable list and not string and not IDictionary)
            {
                foreach (var item in list.Cast<object>().Where(item => Records().Contains(item.GetType())))
                {
                    Collect(item, descriptors);
                }
            }
        }
    }

    // A value of its own for every property, so that none can take another's place.
    private object Fill(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(int) ? _next++
            : type == typeof(long) ? (long)int.MaxValue + _next++
            : type == typeof(uint) ? (uint)_next++
            : type == typeof(bool) ? true
            : type == typeof(string) ? $"text {_next++}"
            : type == typeof(IReadOnlyDictionary<string, long>) ? new Dictionary<string, long> { ["192.0.2.7/32"] = _next++ }
            : type.IsGenericType ? FillList(type.GetGenericArguments()[0])
            : FillRecord(type);
    }

    private Array FillList(Type item)
    {
        var list = Array.CreateInstance(item, 1);
        list.SetValue(Fill(item), 0);
        return list;
    }

    private object FillRecord(Type type)
    {
        var record = Activator.CreateInstance(type)!;
        foreach (var property in Properties(type))
        {
            property.SetValue(record, Fill(property.PropertyType));
        }

        return record;
    }
}
