namespace SuperServer.Handlers.Mailer;

/// <summary>Under which number the store keeps a rhythm.</summary>
internal enum StreamId
{
    Outside = 1,
    Inside = 2,

    /// <summary>The regular sign of life: no events of its own, only a next time.</summary>
    SelfCheck = 3,
}
