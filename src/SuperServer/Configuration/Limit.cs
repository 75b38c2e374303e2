namespace SuperServer.Configuration;

/// <summary>A number that must not be passed, and where the file says so. The place plays no part in equality: a limit that has
/// moved down a line is the same limit.</summary>
/// <param name="Max">How many are allowed: exactly so many, not one less.</param>
/// <param name="SetAt">"superserver.toml:14"; null when it is the default.</param>
internal sealed record Limit(double Max, string? SetAt)
{
    public bool Equals(Limit? other) => other is not null && Max.Equals(other.Max);

    public override int GetHashCode() => Max.GetHashCode();
}

/// <summary>How often something may happen, as "30/min". Equality leaves out the place, as with <see cref="Limit"/>.</summary>
/// <param name="Count">So often …</param>
/// <param name="Per">… in this time.</param>
/// <param name="Burst">How many may come at once after a quiet time; <paramref name="Count"/> unless the file says otherwise.</param>
/// <param name="SetAt">"superserver.toml:14".</param>
internal sealed record Rate(int Count, TimeSpan Per, int Burst, string? SetAt)
{
    /// <summary>As the file has it: "30/min", and the burst where it is another number.</summary>
    public string Text => Burst == Count ? $"{Count}/{Unit}" : $"{Count}/{Unit} burst={Burst}";

    private string Unit => Array.Find(Units, unit => unit.Per == Per).Name ?? $"{Per}";

    /// <summary>What a rate may be counted by.</summary>
    public static (string Name, TimeSpan Per)[] Units { get; } =
    [
        ("s", TimeSpan.FromSeconds(1)), ("min", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    public bool Equals(Rate? other) => other is not null && (Count, Per, Burst) == (other.Count, other.Per, other.Burst);

    public override int GetHashCode() => HashCode.Combine(Count, Per, Burst);
}

/// <summary>How much of an address makes a client one source: whoever has an IPv6 network has 2^64 addresses.</summary>
/// <param name="V4">Bits of an IPv4 address, 0 to 32.</param>
/// <param name="V6">Bits of an IPv6 address, 0 to 128.</param>
internal sealed record SourcePrefix(int V4, int V6)
{
    public static SourcePrefix Usual { get; } = new(32, 64);
}
