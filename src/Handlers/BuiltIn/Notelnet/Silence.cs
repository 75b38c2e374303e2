namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary><c>close</c>: says nothing, and hears for a moment what the client opens with, if that is wanted.</summary>
internal sealed class Silence(int socket, int capture) : Parting(socket, capture)
{
    public const int Patience = 1_500;

    public override void Begin(long now)
    {
        WakesAt = now + Patience;
        if (WantsMore)
        {
            Step(now);
        }
        else
        {
            End(Drained);
        }
    }

    public override void Step(long now) => HearOut(Alerts.EndRecord.MaxFirst, now);
}
