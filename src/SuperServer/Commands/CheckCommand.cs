using SuperServer.Configuration;

namespace SuperServer.Commands;

/// <summary>
/// <c>superserver check</c>: reads a configuration as the daemon would, and prints every mistake in it, like a compiler, or the
/// services as a table. It opens no socket and changes nothing.
/// </summary>
internal static class CheckCommand
{
    public static int Run(string file, HostFacts host, TextWriter output, TextWriter error)
    {
        switch (ConfigurationReader.Read(file, host))
        {
            case ConfigurationReading.Valid valid:
                ServiceTable.Write(valid.Configuration, output);
                return ExitCode.Success;
            case ConfigurationReading.Broken broken:
                return Report(broken, file, error);
            default:
                throw new InvalidOperationException("a reading is either valid or broken");
        }
    }

    /// <summary>The mistakes, one a line, and how many; the answer is the exit code.</summary>
    public static int Report(ConfigurationReading.Broken broken, string file, TextWriter error)
    {
        foreach (var problem in broken.Problems)
        {
            error.WriteLine(Printable.Escaped(problem.ToString()));
        }

        var count = broken.Problems.Count == 1 ? "1 problem" : $"{broken.Problems.Count} problems";
        error.WriteLine($"{count} in {Printable.Escaped(file)}");
        return broken.CannotBeOpened ? ExitCode.NoInput : ExitCode.Configuration;
    }
}
