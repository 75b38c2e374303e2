#!/usr/bin/env python3
"""A worker of a pool: says every line of a client back in capital letters, many clients at once. It speaks the pool protocol of docs/handlers."""

import array
import socket
import threading

daemon = socket.socket(fileno=0)


def next_connection():
    """The next client's socket and variables; None when the daemon has closed its end and wants us to finish."""
    text, ancillary, _, _ = daemon.recvmsg(8192, socket.CMSG_SPACE(4))
    if not text:
        return None
    descriptors = array.array("i", ancillary[0][2])
    variables = dict(entry.split("=", 1) for entry in text.decode().rstrip("\0").split("\0"))
    return socket.socket(fileno=descriptors[0]), variables


def serve(client, variables):
    code = 0
    try:
        with client, client.makefile("rwb") as stream:
            for line in stream:
                stream.write(line.upper())
                stream.flush()
    except OSError:
        code = 1
    daemon.send(f"done {variables['SUPERSERVER_CONNECTION']} {code}".encode())


while (connection := next_connection()) is not None:
    threading.Thread(target=serve, args=connection).start()
