using System.Globalization;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Control;

namespace SuperServer.Commands;

/// <summary>
/// <c>superserver explain ADDRESS SERVICE</c>: what would become of a client, and by which line of the file, before it hurts.
/// The rules are those of the file; whether the address is barred is asked of the daemon, if one runs.
/// </summary>
internal sealed class ExplainCommand(string file, HostFacts host, TimeProvider clock, TextWriter output, TextWriter error)
{
    public int Run(string address, string name)
    {
        var reading = ConfigurationReader.Read(file, host);
        if (reading is ConfigurationReading.Broken broken)
        {
            return CheckCommand.Report(broken, file, error);
        }

        var network = NetworkText.Parse(address);
        if (network.Objection is { } objection)
        {
            return Fail($"{Printable.Quoted(address)}: {objection}");
        }

        var configuration = ((ConfigurationReading.Valid)reading).Configuration;
        var service = configuration.Services.FirstOrDefault(service => service.Name == name);
        return service is null
            ? Fail($"there is no service {Printable.Quoted(name)}{Spelling.Suggestion(name, configuration.Services.Select(one => one.Name))}")
            : Explain(configuration, service, network.Value.Address);
    }

    private int Explain(ServerConfiguration configuration, ServiceDefinition service, in InternetAddress address)
    {
        var source = Source.Of(address, service.Limits.SourcePrefix);
        var time = service.Access.Judge(clock.GetLocalNow().DateTime);
        var who = service.Access.Judge(address, NameAnswer.NotAsked);
        var refusal = Refusal(time) ?? Refusal(who) ?? Bar(configuration, service, address, source);
        if (refusal is not null)
        {
            output.WriteLine($"{service.Name} refuses {address}: {refusal}");
            return ExitCode.NotPermitted;
        }

        output.WriteLine(who.Outcome == AccessOutcome.NameNeeded
            ? $"{service.Name} asks for the name of {address} first, which decides: {string.Join(", ", service.Access.Names)}"
            : $"{service.Name} lets {address} in{Rule(service, address)}");
        foreach (var line in Limits(configuration, service, source).Concat(Vestibule(service)))
        {
            output.WriteLine($"  {line}");
        }

        return ExitCode.Success;
    }

    private static string? Refusal(in AccessVerdict verdict) => verdict.Outcome == AccessOutcome.Refused
        ? new Refusal(verdict.Limit!, verdict.Value!, verdict.SetAt).ToString()
        : null;

    private static string? Bar(
        ServerConfiguration configuration, ServiceDefinition service, in InternetAddress address, Source source)
    {
        if (service.Limits.Sensor is not null || configuration.House.NeverBar.Contains(address))
        {
            return null;
        }

        var bars = ControlClient.Ask(configuration.Daemon.RunDirectory, new Request { Verb = "bars" }).Bars ?? [];
        var bar = bars.FirstOrDefault(bar => Source.TryParse(bar.Source, out var barred) && barred.Overlaps(source));
        return bar is null ? null : string.Create(
            CultureInfo.InvariantCulture, $"limit=barred until={bar.Until:yyyy-MM-dd'T'HH:mm:ss'Z'} by={bar.By} source={bar.Source}");
    }

    private static string Rule(ServiceDefinition service, in InternetAddress address)
    {
        var worth = service.Access.Allow?.WorthOf(address) ?? RuleList.NoMatch;
        return worth != RuleList.NoMatch && service.Access.Allow!.RuleFor(address, worth) is { } rule
            ? $": allow rule={rule.Text} set-at={rule.SetAt}"
            : "";
    }

    private static IEnumerable<string> Limits(ServerConfiguration configuration, ServiceDefinition service, Source source)
    {
        var limits = service.Limits;
        yield return $"counts as {source}";
        foreach (var (key, limit) in new[]
        {
            ("max_per_source", limits.MaxPerSource), ("max_connections", limits.MaxConnections),
            ("max_children", configuration.House.MaxChildren), ("max_load", limits.MaxLoad),
        })
        {
            if (limit is not null)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{key} max={limit.Max} set-at={limit.SetAt ?? "default"}");
            }
        }

        foreach (var (key, rate) in new[] { ("rate_per_source", limits.RatePerSource), ("rate", limits.Rate) })
        {
            if (rate is not null)
            {
                yield return $"{key} max={rate.Text} set-at={rate.SetAt}";
            }
        }
    }

    private static IEnumerable<string> Vestibule(ServiceDefinition service)
    {
        if (service.Proxy is { } proxy)
        {
            var trusted = string.Join(' ', proxy.Trusted.Rules.Select(rule => rule.Text));
            yield return $"comes by way of a proxy, which has to name it within {Seconds(proxy.Timeout)}: trusted_proxies {trusted} set-at={proxy.SetAt}";
        }

        if (service.Tls is { } tls)
        {
            yield return $"speaks TLS with a process of {tls.Identity.User} within {Seconds(tls.HandshakeTimeout)}: certificate {tls.Certificate}"
                + $" client_certificates={tls.ClientCertificates}";
        }

        if (service.Tcpmux is { } tcpmux)
        {
            yield return $"says within {Seconds(tcpmux.Timeout)} which service it wants: {string.Join(' ', tcpmux.Menu)}";
        }
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private int Fail(string sentence)
    {
        error.WriteLine($"superserver: {sentence}");
        return ExitCode.Usage;
    }
}
