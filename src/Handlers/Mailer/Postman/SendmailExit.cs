namespace SuperServer.Handlers.Mailer;

/// <summary>What the exit code of a sendmail program means (sysexits(3)).</summary>
internal static class SendmailExit
{
    public static FailureClass Class(int code) => code switch
    {
        65 or 67 or 68 => FailureClass.Permanent,
        64 or 69 or 77 or 78 or 126 or 127 => FailureClass.Configuration,
        _ => FailureClass.Transient,
    };

    public static string Words(int code) => code switch
    {
        > 128 => $"killed by signal {code - 128}",
        75 => "exit code 75 (try again later)",
        _ => $"exit code {code}",
    };
}
