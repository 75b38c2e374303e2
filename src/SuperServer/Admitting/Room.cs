namespace SuperServer.Admitting;

/// <summary>Whether a service has room for one more client, whoever it is.</summary>
/// <param name="Objection">What stands against it; null when there is room.</param>
/// <param name="Until">When there will be room again, on the dispatcher's clock; null when only an ending can tell.</param>
internal readonly record struct Room(Refusal? Objection, TimeSpan? Until)
{
    public static Room Free => default;

    public bool IsFree => Objection is null;
}
