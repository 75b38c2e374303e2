using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>The cache of reverse names.</summary>
internal sealed partial class Store
{
    private const int MostNames = 10_000;
    private static readonly TimeSpan _keepGood = TimeSpan.FromHours(1);
    private static readonly TimeSpan _keepBad = TimeSpan.FromMinutes(5);

    public Finding? NameOf(IPAddress address) =>
        Of("SELECT state, name FROM name WHERE address = $1 AND expires > $2").Rows(
            row => new Finding(Enum.Parse<FindingState>(row.GetString(0)), row.IsDBNull(1) ? null : row.GetString(1)),
            address.ToString(), Now) is [var finding] ? finding : null;

    public void Keep(IPAddress address, Finding finding)
    {
        var life = finding.State is FindingState.Confirmed or FindingState.Claimed ? _keepGood : _keepBad;
        Run(
            """
            INSERT INTO name (address, state, name, expires) VALUES ($1, $2, $3, $4)
            ON CONFLICT (address) DO UPDATE SET state = excluded.state, name = excluded.name, expires = excluded.expires
            """,
            address.ToString(), finding.State.ToString(), finding.Name, Now + (long)life.TotalMilliseconds);
    }

    private void ForgetOldNames()
    {
        Run("DELETE FROM name WHERE expires <= $1", Now);
        Run("DELETE FROM name WHERE address IN (SELECT address FROM name ORDER BY expires DESC LIMIT -1 OFFSET $1)", MostNames);
    }
}
