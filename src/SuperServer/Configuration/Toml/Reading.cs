namespace SuperServer.Configuration.Toml;

/// <summary>What came of reading a value: the value, or what is wrong with it.</summary>
internal readonly record struct Reading<T>(T? Value, string? Objection)
{
    public static implicit operator Reading<T>(T value) => new(value, null);

    public static implicit operator Reading<T>(Objection objection) => new(default, objection.Words);
}

/// <summary>Why a value will not do: words that follow the key ("must be …").</summary>
internal readonly record struct Objection(string Words);

/// <summary>A value and where it stands, for whoever may still find fault with it.</summary>
internal sealed record Placed<T>(T Value, Place Place);
