using CsCheck;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>Whatever the transports answer, the route keeps its promises.</summary>
public sealed class RouteTests
{
    private static readonly string[] _everybody = ["a", "b", "c"];

    private static readonly Gen<Attempt> _answer = Gen.OneOf(
        Gen.Int[0, 7].Select(mask => new Attempt { Accepted = Those(mask), Failure = mask == 7 ? null : new Failure(FailureClass.Transient, "later") }),
        Gen.Int[0, 7].Select(mask => new Attempt { Accepted = Those(mask), Refused = Those(7 - mask).ToDictionary(to => to, _ => "no") }),
        Gen.Enum<FailureClass>().Select(failure => Attempt.Failed(failure, "why")));

    [Fact]
    public void Nobody_gets_a_mail_twice_by_the_chain_no_fallback_comes_too_early_and_every_mail_comes_to_an_end() =>
        Gen.Select(Gen.Bool.Array[1, 4], _answer.Array[400]).Sample((always, answers) => Walk(always, answers), iter: 300);

    private static void Walk(bool[] always, Attempt[] answers)
    {
        Station[] stations = [.. always.Select((every, i) => new Station($"s{i}", every))];
        var chain = stations.Where(station => !station.Always).ToList();
        var route = new Route(stations);
        var now = ManualClock.Start;
        var mail = new WaitingMail(1, "id", now) { Recipients = _everybody, Legs = new Dictionary<string, Leg>() };
        var attempts = 0;
        while (route.Wake(mail, now) is { } wake)
        {
            now = wake > now ? wake : now;
            var errand = route.Next(mail, now)!;
            AssertInTurn(mail, errand, chain, now);
            var answer = answers[attempts++ % answers.Length];
            answer = answer with
            {
                Accepted = [.. answer.Accepted.Intersect(errand.Recipients)],
                Refused = answer.Refused.Where(entry => errand.Recipients.Contains(entry.Key)).ToDictionary(),
            };
            var delivery = route.Judge(errand, answer, now, 0.5);
            mail = mail.With(delivery.Leg);
            Assert.Equal(route.Wake(mail, now) is not null, delivery.KeepsWaiting);
            Assert.True(now - ManualClock.Start < stations.Length * (Route.GiveUpAfter + TimeSpan.FromDays(1)), "it never ends");
        }
    }

    private static void AssertInTurn(WaitingMail mail, Errand errand, List<Station> chain, DateTimeOffset now)
    {
        Assert.NotEmpty(errand.Recipients);
        if (errand.Station.Always)
        {
            return;
        }

        Assert.All(errand.Recipients, to => Assert.DoesNotContain(chain, station => mail.LegOf(station).Accepted.Contains(to)));
        foreach (var before in chain.TakeWhile(station => station != errand.Station).Select(mail.LegOf))
        {
            Assert.All(errand.Recipients, to => Assert.True(
                before.IsOverFor(to)
                || before.LastClass == FailureClass.Configuration
                || before.Attempts >= Route.AttemptsBeforeTheNext
                || now - before.FirstFailure >= Route.TimeBeforeTheNext));
        }
    }

    private static string[] Those(int mask) => [.. _everybody.Where((_, i) => (mask & (1 << i)) != 0)];
}
