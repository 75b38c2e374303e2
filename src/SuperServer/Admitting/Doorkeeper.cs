using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// The first questions of admission: is it time, and may this one come in at all? Rules and a moment go in. Nobody is asked
/// for a client's name here; that it is needed is an answer of its own.
/// </summary>
internal static class Doorkeeper
{
    /// <param name="rules">The service's.</param>
    /// <param name="peer">Who it is.</param>
    /// <param name="local">The time on the wall.</param>
    /// <param name="names">What is known of the client's name.</param>
    /// <param name="needsName">True: the answer hangs on the name. Ask the resolver, and then here again.</param>
    /// <returns>The objection; null when there is none, or none yet.</returns>
    public static Refusal? Consider(
        AccessRules rules, in Peer peer, DateTime local, NameAnswer names, out bool needsName)
    {
        var verdict = rules.Judge(local);
        if (verdict.Outcome == AccessOutcome.LetIn)
        {
            verdict = peer.IsUnix
                ? rules.Judge(peer.Credentials.uid, peer.Credentials.gid)
                : rules.Judge(peer.Name.Address, names);
        }

        needsName = verdict.Outcome == AccessOutcome.NameNeeded;
        return verdict.Outcome == AccessOutcome.Refused ? new Refusal(verdict.Limit!, verdict.Value!, verdict.SetAt) : null;
    }
}
