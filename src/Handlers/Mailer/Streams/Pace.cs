namespace SuperServer.Handlers.Mailer;

/// <summary>How often the administrator wants to hear: soon once, then ever more rarely, and soon again after a calm.</summary>
/// <param name="Settle">From the first touch to the first mail, so that what belongs together comes together.</param>
/// <param name="Gaps">From one mail to the next while it goes on; the last one stays.</param>
/// <param name="Calm">Quiet for this long: the next touch is a first one again.</param>
internal sealed record Pace(TimeSpan Settle, IReadOnlyList<TimeSpan> Gaps, TimeSpan Calm)
{
    public TimeSpan Gap(int step) => Gaps[Math.Clamp(step, 0, Gaps.Count - 1)];

    public int LastStep => Gaps.Count - 1;

    public TimeSpan LongestWait => Gaps.Append(Settle).Max();
}
