namespace SuperServer.Handlers.Mailer;

/// <summary>The options cannot be used; the message says which one, and what it must be.</summary>
internal sealed class OptionsException(string message) : Exception(message);
