using SuperServer.Handlers.Mailer;

Confinement.Begin();
return args switch
{
    [] => Mailer.Run(),
    [GroupLeader.Word, .. { Length: > 0 } command] => GroupLeader.Become(command),
    ["--help" or "-h"] => Say(Usage.Text),
    [var command, ..] when AlertCommands.Knows(command) => AlertCommands.Run(args),
    ["--version"] => Say($"superserver-mailer {Release.Version}"),
    _ => Refuse($"unknown command '{Clean.Text(args[0], 40)}'; see superserver-mailer --help"),
};

static int Say(string text)
{
    Console.WriteLine(text);
    return ExitCode.Done;
}

static int Refuse(string what)
{
    Log.Say(what);
    return ExitCode.Usage;
}
