namespace SuperServer.EndToEnd.Harness;

/// <summary>Signals by the kernel's names.</summary>
internal static class Signals
{
    public const int HUP = 1;
    public const int INT = 2;
    public const int KILL = 9;
    public const int USR1 = 10;
    public const int USR2 = 12;
    public const int PIPE = 13;
    public const int TERM = 15;
    public const int CONT = 18;
    public const int STOP = 19;
}
