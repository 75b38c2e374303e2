namespace SuperServer.Handlers.Mailer;

/// <summary>stderr is the log: the daemon reads it line by line, so each message is one line without control characters.</summary>
internal static class Log
{
    public static void Say(string message)
    {
        try
        {
            Console.Error.WriteLine($"superserver-mailer: {Clean.Text(message, 1000)}");
        }
        catch (IOException)
        {
            // Nobody reads the log any more; the mail must go on.
        }
    }
}
