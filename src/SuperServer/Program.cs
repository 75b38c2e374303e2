using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using SuperServer.Commands;
using SuperServer.Commands.Flags;
using SuperServer.Commands.Run;
using SuperServer.Commands.Try;
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
var alert = new Command("alert", "Look after the alert mail, as the mailer's user: test, trip SERVICE, status, queue, show ID, "
    + "flush, drop ID, retry-failed, preview, why ADDRESS PORT, report (superserver alert COMMAND --help; even when the daemon does not run).")
{
    TreatUnmatchedTokensAsErrors = false,
};
alert.SetAction(parsed => Alert(parsed, [.. parsed.UnmatchedTokens]));

// What comes after it is the client's to understand.
var connect = new Command("connect", "Open a connection, show what comes and send what you type: superserver connect HOST PORT. Speaks TLS, UDP and Unix sockets.")
{
    TreatUnmatchedTokensAsErrors = false,
};
connect.SetAction(parsed => Connect([.. parsed.UnmatchedTokens]));
if (args is ["connect", .. var wishes])
{
    return Connect(wishes);
}

// The library would give what follows "--" to the operands: it is another program's command line.
var dashes = Array.IndexOf(args, "--");
var program = dashes < 0 ? null : args[(dashes + 1)..];
Tool[] tools =
[
    RunFlags.Tool(given => new RunCommand(HostFacts.OfThisMachine(), Console.Out, Console.Error).Run(given)),
    TryFlags.Tool(given => new TryCommand(config.DefaultValueFactory!(null!), HostFacts.OfThisMachine(), Console.Error).Run(given)),
];
var commands = tools.ToDictionary(CommandOf);

var root = new RootCommand("An internet super-server: listens on ports and starts the program behind the port when a client comes.")
{
    config,
    serve,
    check,
    explain,
    status,
    bars,
    alert,
    connect,
    Order("pause", "Take no new clients for this service until it is resumed; they wait in the backlog."),
    Order("resume", "Take clients again."),
    Order("drain", "Take no new clients for this service; its workers end when they have done with those they have."),
};
foreach (var command in commands.Keys)
{
    root.Add(command);
}

root.SetAction(parsed => ServeCommand.Run(parsed.GetValue(config)!, Console.Error));

var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };     // "@office" is a set of networks
var result = root.Parse(dashes < 0 ? args : args[..dashes], parsing);
var tool = commands.GetValueOrDefault(result.CommandResult.Command);
result = tool is null ? root.Parse(args, parsing) : result;
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

if (result.Action is HelpAction && tool is not null)
{
    config.Hidden = !tool.ReadsConfiguration;
    _ = result.Invoke();
    Console.Out.WriteLine(tool.Examples);
    return ExitCode.Success;
}

if (tool is null && result.CommandResult.Command != root && result.CommandResult.Command != serve)
{
    Spawn.LetOrdersCome();
}

// Signals are the dispatcher's: the library must not take SIGTERM for itself.
return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });

ControlCommand Control(ParseResult parsed) =>
    new(parsed.GetValue(config)!, HostFacts.OfThisMachine(), Console.Out, Console.Error);

int Alert(ParseResult parsed, string[] arguments) =>
    new AlertCommand(parsed.GetValue(config)!, HostFacts.OfThisMachine(), Console.Error, Transformation.Become).Run(arguments);

int Connect(string[] arguments)
{
    Spawn.LetOrdersCome();
    return new ConnectCommand(HostFacts.OfThisMachine(), Console.Error, Transformation.Become).Run(arguments);
}

Command Order(string verb, string meaning)
{
    var service = new Argument<string>("SERVICE") { Description = "Its name in the configuration." };
    var order = new Command(verb, meaning) { service };
    order.SetAction(parsed => Control(parsed).Tell(verb, parsed.GetValue(service)!));
    return order;
}

Command CommandOf(Tool described)
{
    var operands = new Argument<string[]>(described.Operand.Name)
    {
        Description = described.Operand.Meaning,
        Arity = ArgumentArity.ZeroOrMore,
    };
    var flags = described.Flags.ToDictionary(flag => flag, OptionOf);
    var command = new Command(described.Name, described.Meaning) { operands };
    foreach (var option in flags.Values)
    {
        command.Add(option);
    }

    command.SetAction(parsed => described.Run(new Given
    {
        Operands = parsed.GetValue(operands) ?? [],
        Flags = [.. flags.SelectMany(pair => ValuesOf(parsed, pair.Value).Select(value => (pair.Key.Name, value)))],
        Program = program,
        Configuration = parsed.GetResult(config) is { Implicit: false } ? parsed.GetValue(config) : null,
    }));
    return command;
}

static Option OptionOf(Flag flag)
{
    string[] aliases = flag.Short is { } letter ? [letter] : [];
    return flag switch
    {
        { Value: null } => new Option<bool>(flag.Name, aliases) { Description = flag.Meaning },
        { Repeats: true } => new Option<string[]>(flag.Name, aliases) { Description = flag.Meaning, HelpName = flag.Value },
        _ => new Option<string>(flag.Name, aliases) { Description = flag.Meaning, HelpName = flag.Value },
    };
}

static IEnumerable<string> ValuesOf(ParseResult parsed, Option option) => option switch
{
    Option<bool> flag => parsed.GetValue(flag) ? [""] : [],
    Option<string[]> texts => parsed.GetValue(texts) ?? [],
    Option<string> text => parsed.GetValue(text) is { } value ? [value] : [],
    _ => throw new InvalidOperationException($"No such option: {option}."),
};
