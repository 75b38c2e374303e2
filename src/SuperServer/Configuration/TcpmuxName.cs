namespace SuperServer.Configuration;

/// <summary>The name by which clients of tcpmux (RFC 1078) ask for a service.</summary>
/// <param name="Name">In lower case, for they are compared without regard to it.</param>
/// <param name="IsAnnounced">Written with a "+": tcpmux itself says yes before the program starts; without, the program does.</param>
internal readonly record struct TcpmuxName(string Name, bool IsAnnounced)
{
    /// <summary>Of a name; the RFC sets no bound.</summary>
    public const int Longest = 64;

    public override string ToString() => IsAnnounced ? $"+{Name}" : Name;
}
