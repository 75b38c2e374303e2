/* accept ADDRESS PORT: the least that a server can do, and therefore the measure: accept, write, close, without any process. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const char text[] = "Sun Nov 22 23:28:47 2026\r\n";
    struct sockaddr_in own = { .sin_family = AF_INET };
    int listener, client, on = 1;

    if (argc != 3)
        return 64;
    signal(SIGPIPE, SIG_IGN);
    inet_pton(AF_INET, argv[1], &own.sin_addr);
    own.sin_port = htons((unsigned short)atoi(argv[2]));
    listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&own, sizeof own) != 0 || listen(listener, 4096) != 0)
        return 71;
    for (;;) {
        client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0) {
            (void)!write(client, text, sizeof text - 1);
            close(client);
        }
    }
}
