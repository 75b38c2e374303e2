using System.Globalization;
using System.Text.Json;
using SuperServer.Configuration;
using SuperServer.Control;

namespace SuperServer.Commands;

/// <summary>The commands that ask a running daemon: <c>status</c>, <c>bars</c>, <c>pause</c>, <c>resume</c>, <c>drain</c>.</summary>
internal sealed class ControlCommand(string file, HostFacts host, TextWriter output, TextWriter error)
{
    /// <summary>Prints the services as a table, or the daemon's whole answer as JSON.</summary>
    public int Status(bool asJson) => Ask(new Request { Verb = "status" }, answer =>
    {
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize(answer, ControlJson.Default.Answer));
            return;
        }

        foreach (var line in StatusTable.Lines([.. answer.Services ?? []]))
        {
            output.WriteLine(line.TrimEnd());
        }
    });

    /// <summary>Prints the sources that are let in nowhere.</summary>
    public int Bars(bool asJson) => Ask(new Request { Verb = "bars" }, answer =>
    {
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize(answer, ControlJson.Default.Answer));
            return;
        }

        if (answer.Bars is not { Count: > 0 } bars)
        {
            output.WriteLine("nobody is barred");
            return;
        }

        output.WriteLine($"{"SOURCE",-44}{"UNTIL",-22}{"STRIKES",-9}BY");
        foreach (var bar in bars)
        {
            var until = bar.Until.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bar.Source,-44}{until,-22}{bar.Strikes,-9}{bar.By}"));
        }
    });

    /// <summary>Lets a source in again; "all" for every one.</summary>
    public int Lift(string source) => Ask(new Request { Verb = "lift", Subject = source }, answer =>
        output.WriteLine(answer.Lifted == 1 ? "1 bar lifted" : $"{answer.Lifted} bars lifted"));

    /// <summary>Tells one service what to do, and prints how it stands then.</summary>
    public int Tell(string verb, string service) => Ask(new Request { Verb = verb, Subject = service }, answer =>
        output.WriteLine($"{service} is {answer.Services?[0].State}"));

    private int Ask(Request request, Action<Answer> print)
    {
        var reading = ConfigurationReader.Read(file, host);
        if (reading is ConfigurationReading.Broken broken)
        {
            return CheckCommand.Report(broken, file, error);
        }

        var configuration = ((ConfigurationReading.Valid)reading).Configuration;
        var answer = ControlClient.Ask(configuration.Daemon.RunDirectory, request);
        if (answer.Error is { } why)
        {
            error.WriteLine($"superserver: {Printable.Escaped(why)}");
            return ExitCode.Unavailable;
        }

        print(answer);
        return ExitCode.Success;
    }
}
