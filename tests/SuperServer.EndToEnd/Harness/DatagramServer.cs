namespace SuperServer.EndToEnd.Harness;

/// <summary>Small datagram servers for inetd: the socket is descriptor 0, and whoever asks is answered from it.</summary>
internal static class DatagramServer
{
    /// <summary>Takes so many datagrams, answers each with a Perl expression (<c>$text</c> is what came), and ends.</summary>
    public static string Exec(int datagrams, string answer) => $$"""
        exec = ["/usr/bin/perl", "-e", '''
            open(S, '+<&=', 0);
            for (1..{{datagrams}}) {
                my $from = recv(S, my $text, 100, 0);
                send(S, {{answer}}, 0, $from);
            }
            ''']
        """;
}
