using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using SuperServer.Commands;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Launching;

var config = new Option<string>("--config", "-c")
{
    Description = "The configuration file.",
    HelpName = "FILE",
    DefaultValueFactory = _ => "/etc/superserver/superserver.toml",
    Recursive = true,
};

var serve = new Command("serve", "Listen and start programs; in the foreground. This is what superserver does without a command.");
serve.SetAction(parsed => ServeCommand.Run(parsed.GetValue(config)!, Console.Error));

var file = new Argument<string?>("FILE")
{
    Description = "The file to check, instead of the one that --config names.",
    Arity = ArgumentArity.ZeroOrOne,
};
var check = new Command("check", "Read the configuration, and print every mistake in it (exit 78), or the services as a table (exit 0).")
{
    file,
};
check.SetAction(parsed => CheckCommand.Run(
    parsed.GetValue(file) ?? parsed.GetValue(config)!, HostFacts.OfThisMachine(), Console.Out, Console.Error));

var address = new Argument<string>("ADDRESS") { Description = "The client's address." };
var name = new Argument<string>("SERVICE") { Description = "The service's name in the configuration." };
var explain = new Command("explain", "What would become of a client now, and which line of the configuration says so.") { address, name };
explain.SetAction(parsed => new ExplainCommand(
    parsed.GetValue(config)!, HostFacts.OfThisMachine(), TimeProvider.System, Console.Out, Console.Error)
    .Run(parsed.GetValue(address)!, parsed.GetValue(name)!));

var json = new Option<bool>("--json") { Description = "Print the daemon's answer as JSON." };
var status = new Command("status", "How every service stands: its state, its connections, what it has served and turned away.") { json };
status.SetAction(parsed => Control(parsed).Status(parsed.GetValue(json)));

var source = new Argument<string>("SOURCE") { Description = "An address or a network as \"bars\" prints it, or \"all\"." };
var lift = new Command("lift", "Let a source in again.") { source };
lift.SetAction(parsed => Control(parsed).Lift(parsed.GetValue(source)!));
var bars = new Command("bars", "The sources that are let in nowhere, and until when.") { json, lift };
bars.SetAction(parsed => Control(parsed).Bars(parsed.GetValue(json)));

// What comes after it is the mailer's to understand.
var alert = new Command("alert", "Look after the alert mail, as the mailer's user: test, status, queue, show ID, flush, drop ID, "
    + "retry-failed, preview, report (superserver alert COMMAND --help; even when the daemon does not run).")
{
    TreatUnmatchedTokensAsErrors = false,
};
alert.SetAction(parsed => Alert(parsed, [.. parsed.UnmatchedTokens]));

var root = new RootCommand("An internet super-server: listens on ports and starts the program behind the port when a client comes.")
{
    config,
    serve,
    check,
    explain,
    status,
    bars,
    alert,
    Order("pause", "Take no new clients for this service until it is resumed; they wait in the backlog."),
    Order("resume", "Take clients again."),
    Order("drain", "Take no new clients for this service; its workers end when they have done with those they have."),
};
root.SetAction(parsed => ServeCommand.Run(parsed.GetValue(config)!, Console.Error));

var result = root.Parse(args);
if (result.Action is ParseErrorAction mistake)
{
    mistake.ShowHelp = false;
    _ = result.Invoke();
    return ExitCode.Usage;
}

if (result is { Action: HelpAction, UnmatchedTokens: [_, ..] } && result.CommandResult.Command == alert)
{
    return Alert(result, [.. result.UnmatchedTokens, "--help"]);
}

if (result.CommandResult.Command != root && result.CommandResult.Command != serve)
{
    Spawn.LetOrdersCome();
}

// Signals are the dispatcher's: the library must not take SIGTERM for itself.
return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });

ControlCommand Control(ParseResult parsed) =>
    new(parsed.GetValue(config)!, HostFacts.OfThisMachine(), Console.Out, Console.Error);

int Alert(ParseResult parsed, string[] arguments) =>
    new AlertCommand(parsed.GetValue(config)!, HostFacts.OfThisMachine(), Console.Error, Transformation.Become).Run(arguments);

Command Order(string verb, string meaning)
{
    var service = new Argument<string>("SERVICE") { Description = "Its name in the configuration." };
    var order = new Command(verb, meaning) { service };
    order.SetAction(parsed => Control(parsed).Tell(verb, parsed.GetValue(service)!));
    return order;
}
