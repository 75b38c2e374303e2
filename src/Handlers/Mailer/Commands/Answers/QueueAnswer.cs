namespace SuperServer.Handlers.Mailer;

/// <summary><c>alert queue</c>.</summary>
internal sealed record QueueAnswer(IReadOnlyList<MailLine> Mails, RecordSum Record) : Answer;

/// <summary>Both sides of the sum: <c>taken</c> is <c>numbered</c> and <c>counted_only</c>, <c>told</c> all the rest.</summary>
internal sealed record RecordSum(
    bool Complete, long Taken, long Numbered, long CountedOnly, long Told, long InMails, long InLostMails, long Ignored, long Pending)
{
    public static RecordSum Of(Identity sum) => new(
        sum.Holds, sum.Taken, sum.HighestSequence, sum.Coarse, sum.Told, sum.Mailed, sum.Lost, sum.Ignored, sum.Pending);
}
