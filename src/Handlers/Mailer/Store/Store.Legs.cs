using System.Collections.Frozen;
using Microsoft.Data.Sqlite;

namespace SuperServer.Handlers.Mailer;

/// <summary>What each transport has behind it with a mail.</summary>
internal sealed partial class Store
{
    private static readonly FrozenDictionary<string, Leg> _noLegs = FrozenDictionary<string, Leg>.Empty;

    private Dictionary<string, Leg> LegsOf(long mail)
    {
        var legs = Of("SELECT transport, state, attempts, first_failure, next_try, last_class, last_error FROM leg WHERE outbox = $1")
            .Rows(ReadLeg, mail).ToDictionary(leg => leg.Transport, StringComparer.Ordinal);
        var verdicts = Of("SELECT transport, address, refusal FROM leg_recipient WHERE outbox = $1")
            .Rows(row => (Transport: row.GetString(0), Address: row.GetString(1), Refusal: row.IsDBNull(2) ? null : row.GetString(2)), mail);
        foreach (var of in verdicts.GroupBy(verdict => verdict.Transport))
        {
            legs[of.Key] = legs.GetValueOrDefault(of.Key, new Leg(of.Key)) with
            {
                Accepted = of.Where(verdict => verdict.Refusal is null).Select(verdict => verdict.Address).ToHashSet(),
                Refused = of.Where(verdict => verdict.Refusal is not null).ToDictionary(verdict => verdict.Address, verdict => verdict.Refusal!),
            };
        }

        return legs;
    }

    private static Leg ReadLeg(SqliteDataReader row) => new(row.GetString(0))
    {
        State = Enum.Parse<LegState>(row.GetString(1)),
        Attempts = row.GetInt32(2),
        FirstFailure = row.IsDBNull(3) ? null : Instant(row, 3),
        NextTry = Instant(row, 4),
        LastClass = row.IsDBNull(5) ? null : Enum.Parse<FailureClass>(row.GetString(5)),
        LastError = row.IsDBNull(6) ? null : row.GetString(6),
    };

    private void KeepLeg(long mail, Leg leg)
    {
        Run(
            """
            INSERT INTO leg (outbox, transport, state, attempts, first_failure, next_try, last_class, last_error)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (outbox, transport) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
                first_failure = excluded.first_failure, next_try = excluded.next_try, last_class = excluded.last_class,
                last_error = excluded.last_error
            """,
            mail, leg.Transport, leg.State.ToString(), leg.Attempts, leg.FirstFailure?.ToUnixTimeMilliseconds(),
            Math.Max(0, leg.NextTry.ToUnixTimeMilliseconds()), leg.LastClass?.ToString(), leg.LastError);
        foreach (var address in leg.Accepted)
        {
            KeepVerdict(mail, leg.Transport, address, null);
        }

        foreach (var (address, why) in leg.Refused)
        {
            KeepVerdict(mail, leg.Transport, address, why);
        }
    }

    private void KeepVerdict(long mail, string transport, string address, string? refusal) =>
        Run(
            """
            INSERT INTO leg_recipient (outbox, transport, address, refusal) VALUES ($1, $2, $3, $4)
            ON CONFLICT (outbox, transport, address) DO UPDATE SET refusal = excluded.refusal
            """,
            mail, transport, address, refusal);
}
