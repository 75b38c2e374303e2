/* A worker of a pool that says its line to every client at once: what the pool protocol (docs/handlers/README.md) costs, and nothing else. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    static const char text[] = "Sun Nov 22 23:28:47 2026\r\n";
    static const char name[] = "SUPERSERVER_CONNECTION=";
    char variables[4096], done[256];
    union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control;
    ssize_t length;

    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        struct iovec part = { variables, sizeof variables - 1 };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
        int client = -1;

        length = recvmsg(0, &message, MSG_CMSG_CLOEXEC);
        if (length <= 0)
            return length < 0;
        variables[length] = '\0';
        if (message.msg_controllen >= CMSG_LEN(sizeof client))
            memcpy(&client, CMSG_DATA(&control.header), sizeof client);
        if (client >= 0) {
            (void)!write(client, text, sizeof text - 1);
            close(client);
        }
        for (char *entry = variables; entry < variables + length; entry += strlen(entry) + 1) {
            if (strncmp(entry, name, sizeof name - 1) == 0) {
                int size = snprintf(done, sizeof done, "done %s %d", entry + sizeof name - 1, client < 0 ? 75 : 0);
                if (write(0, done, (size_t)size) < 0)
                    return 1;
                break;
            }
        }
    }
}
