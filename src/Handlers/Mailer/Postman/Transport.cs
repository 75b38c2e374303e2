namespace SuperServer.Handlers.Mailer;

/// <summary>One way out for a mail. Whatever goes wrong comes back as a value: no transport throws, none waits for ever.</summary>
internal abstract class Transport
{
    /// <summary>As the log calls it.</summary>
    public abstract string Name { get; }

    public abstract Task<Attempt> Deliver(Parcel parcel, CancellationToken stop);

    protected Attempt Failed(FailureClass failureClass, string words) =>
        Attempt.Failed(failureClass, $"{Name}: {Clean.Text(words, 200)}");
}
