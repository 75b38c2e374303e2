/*
 * The smallest program that an inetd can start: it says its line to the client, and ends. From a datagram socket, which udpsvd does
 * not connect, it takes a datagram first and answers whoever sent it.
 */
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    static const char text[] = "Sun Nov 22 23:28:47 2026\r\n";
    char question[512];
    struct sockaddr_storage client;
    int type = SOCK_STREAM;
    socklen_t length = sizeof type;

    getsockopt(0, SOL_SOCKET, SO_TYPE, &type, &length);
    if (type == SOCK_STREAM)
        return write(1, text, sizeof text - 1) < 0;
    length = sizeof client;
    if (recvfrom(0, question, sizeof question, 0, (struct sockaddr *)&client, &length) < 0)
        return 71;
    return sendto(0, text, sizeof text - 1, 0, (struct sockaddr *)&client, length) < 0;
}
