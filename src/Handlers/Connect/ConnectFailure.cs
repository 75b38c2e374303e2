namespace SuperServer.Handlers.Connect;

/// <summary>Why there is no conversation, or no more: a sentence, and what to exit with.</summary>
internal sealed record ConnectFailure(int ExitCode, string Sentence);
