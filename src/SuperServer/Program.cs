using System.CommandLine;
using System.CommandLine.Invocation;
using SuperServer.Commands;
using SuperServer.Configuration;

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

var root = new RootCommand("An internet super-server: listens on ports and starts the program behind the port when a client comes.")
{
    config,
    serve,
    check,
};
root.SetAction(parsed => ServeCommand.Run(parsed.GetValue(config)!, Console.Error));

var result = root.Parse(args);
if (result.Action is ParseErrorAction mistake)
{
    mistake.ShowHelp = false;
    _ = result.Invoke();
    return ExitCode.Usage;
}

// Signals are the dispatcher's: the library must not take SIGTERM for itself.
return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
