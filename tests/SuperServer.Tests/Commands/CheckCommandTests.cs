using SuperServer.Commands;
using SuperServer.Configuration;
using SuperServer.Tests.Configuration;

namespace SuperServer.Tests.Commands;

/// <summary><c>superserver check</c>; its messages stand in Configuration/Broken.</summary>
public sealed class CheckCommandTests
{
    [Fact]
    public void Services_are_printed_in_columns()
    {
        var (exitCode, output, error) = Check("""
            [service.telnet]
            handler = "notelnet"

            [service.git]
            listen = "tcp4:9418"
            exec = ["/usr/bin/git", "daemon", "--inetd", "--base-path=/srv/my repositories", ""]
            argv0 = "git-daemon"
            user = "git"

            [service.tftp]
            listen = "udp:tftp"
            exec = ["/bin/cat"]
            user = "root:adm"

            [service.echo]
            listen = ["tcp:127.0.0.1:7", "tcp:[::1]:7", "tcp6:6", "tcp4:9", "tcp6:9", "unix:/run/echo.sock"]
            handler = "echo"
            enabled = false

            [alerts]
            to = "you@example.org"
            transport = [{ kind = "sendmail" }]
            """);

        Assert.Equal(
            """
            NAME                LISTEN                                                                MODE    USER                               PROGRAM
            telnet              tcp:23                                                                nowait  nobody:nogroup                     /usr/lib/superserver/superserver-handlers notelnet
            git                 tcp4:9418                                                             nowait  git:git                            /usr/bin/git [git-daemon] daemon --inetd '--base-path=/srv/…
            tftp                udp:69                                                                wait    root:adm                           /bin/cat
            superserver-mailer  unix-dgram:/run/superserver/mailer.sock                               wait    superserver-mail:superserver-mail  /usr/lib/superserver/superserver-mailer
            echo (disabled)     tcp:127.0.0.1:7 tcp:[::1]:7 tcp6:6 tcp4:9 tcp6:9 unix:/run/echo.sock  nowait  nobody:nogroup                     /usr/lib/superserver/superserver-handlers echo

            """,
            output);
        Assert.Equal("", error);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void A_file_without_services_prints_the_header_alone() =>
        Assert.Equal((0, "NAME  LISTEN  MODE  USER  PROGRAM\n", ""), Check(""));

    [Fact]
    public void Mistakes_go_to_standard_error_with_their_number()
    {
        var (exitCode, output, error) = Check("[service.telnet]\nexec = [\"/bin/cat\"]\nusr = 1\ngrup = 2\n");

        Assert.Equal("", output);
        Assert.Equal(
            """
            superserver.toml:3:1: service 'telnet' has no setting 'usr' (did you mean 'user'?)
            superserver.toml:4:1: service 'telnet' has no setting 'grup' (did you mean 'group'?)
            2 problems in superserver.toml

            """,
            error);
        Assert.Equal(78, exitCode);
    }

    [Fact]
    public void A_file_that_is_not_there_has_an_exit_code_of_its_own()
    {
        using var error = new StringWriter();

        Assert.Equal(66, CheckCommand.Run("no\u001bsuch.toml", SomeMachine.Root, TextWriter.Null, error));
        Assert.Equal("no\\u001Bsuch.toml: the configuration file does not exist\n1 problem in no\\u001Bsuch.toml\n", error.ToString());
    }

    [Fact]
    public void What_is_printed_of_a_file_cannot_command_the_terminal()
    {
        var (_, output, _) = Check("""
            [service.telnet]
            listen = "unix:/run/\u001b[31m.sock"
            exec = ["/bin/cat", "\u001b]0;owned\u0007\n"]
            argv0 = "\u202e"
            """);

        Assert.DoesNotContain(output, letter => char.IsControl(letter) && letter != '\n');
        Assert.DoesNotContain('\u202e', output);
        Assert.Equal(2, output.Count(letter => letter == '\n'));
    }

    private static (int ExitCode, string Output, string Error) Check(string text)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = CheckCommand.Run(SomeMachine.File, SomeMachine.Root.WithFile(SomeMachine.File, text), output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
