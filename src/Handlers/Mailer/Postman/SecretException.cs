namespace SuperServer.Handlers.Mailer;

/// <summary>A secret could not be had; the message says which, and never what it is.</summary>
internal sealed class SecretException(FailureClass failureClass, string message) : Exception(message)
{
    public FailureClass Class => failureClass;
}
