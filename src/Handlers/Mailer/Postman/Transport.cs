namespace SuperServer.Handlers.Mailer;

/// <summary>One way out for a mail. Whatever goes wrong comes back as a value: no transport throws, none waits for ever.</summary>
internal abstract class Transport
{
    /// <summary>As the log calls it, and under which its work is kept: the same after a restart.</summary>
    public abstract string Name { get; }

    /// <summary>Who hears of each step; nobody, when mails are sent in earnest.</summary>
    public Witness? Witness { get; init; }

    public abstract Task<Attempt> Deliver(Parcel parcel, CancellationToken stop);

    /// <summary>No more mails follow for now; a connection is not kept for later ones. Never throws, and takes seconds at most.</summary>
    public virtual Task Rest() => Task.CompletedTask;

    protected Attempt Failed(FailureClass failureClass, string words, int longest = 200) =>
        Attempt.Failed(failureClass, $"{Name}: {Clean.Text(words, longest)}");
}
