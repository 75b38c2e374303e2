namespace SuperServer.EndToEnd.Harness;

/// <summary>Processes of a vestibule, good and bad ones, in the place of our own: what the daemon must be able to live with.</summary>
internal static class Porter
{
    /// <summary>Says of every connection, whatever it sends, that a proxy brings it for this client.</summary>
    public const string Good = "say(f'peer {id} 203.0.113.7 4444 192.0.2.1 443')";

    /// <summary>Carries the bytes of both sides as TLS would, for one connection after the other, in clear text.</summary>
    public const string Carrier = """
        say(f'ready {id}\0SSL_PROTOCOL=TLSv1.3\0SSL_CIPHER=NONE\0')
        def carry(a, b):
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        threads = [threading.Thread(target=carry, args=pair) for pair in ((client, program), (program, client))]
        for thread in threads: thread.start()
        keep = (client, program)
        """;

    /// <summary>Puts such a process where the daemon looks for its handlers. It runs the lines for each visit.</summary>
    public static void Write(PrivateFolder folder, string lines, string first = "pass")
    {
        if (!Directory.Exists(folder.At("handlers")))
        {
            folder.Create("handlers");
        }

        folder.WriteProgram("handlers/superserver-tls", "#!/bin/sh\n");      // which has to be there, and is started by nobody
        File.Delete(folder.At("handlers/superserver-handlers"));
        folder.WriteProgram("handlers/superserver-handlers", $"""
            #!/usr/bin/env python3
            import array, os, signal, socket, sys, threading, time
            daemon = socket.socket(fileno=0)
            {first}
            def say(text):
                daemon.send(text.encode())
            while True:
                text, ancillary, _, _ = daemon.recvmsg(8192, socket.CMSG_SPACE(8))
                if not text:
                    break
                sockets = [socket.socket(fileno=number) for number in array.array("i", ancillary[0][2])]
                client, program = sockets[0], sockets[-1]
                variables = dict(entry.split("=", 1) for entry in text.decode().split("\0") if entry)
                id = variables["SUPERSERVER_CONNECTION"]
            {Indented(lines)}
                del client, program, sockets

            """);
    }

    private static string Indented(string lines) => string.Join('\n', lines.Split('\n').Select(line => $"    {line}"));
}
