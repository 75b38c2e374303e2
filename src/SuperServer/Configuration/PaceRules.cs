namespace SuperServer.Configuration;

/// <summary>How often mails of one kind may come.</summary>
internal sealed record PaceRules
{
    /// <summary>How long the first mail waits for company.</summary>
    public required TimeSpan Settle { get; init; }

    /// <summary>The growing pauses between the mails that follow.</summary>
    public required ValueList<TimeSpan> Gaps { get; init; }

    /// <summary>After how long a silence the next event is a first one again.</summary>
    public required TimeSpan Calm { get; init; }

    public required int MailsPerHour { get; init; }

    public required int MailsPerDay { get; init; }

    public static PaceRules UsualOutside { get; } = new()
    {
        Settle = TimeSpan.FromSeconds(5),
        Gaps = Minutes(5, 15, 30, 60, 120, 240, 480, 1440),
        Calm = TimeSpan.FromDays(1),
        MailsPerHour = 4,
        MailsPerDay = 12,
    };

    public static PaceRules UsualInside { get; } = new()
    {
        Settle = TimeSpan.FromSeconds(2),
        Gaps = Minutes(1, 5, 15, 60, 240, 1440),
        Calm = TimeSpan.FromDays(1),
        MailsPerHour = 12,
        MailsPerDay = 60,
    };

    private static ValueList<TimeSpan> Minutes(params int[] gaps) => [.. gaps.Select(gap => TimeSpan.FromMinutes(gap))];
}
