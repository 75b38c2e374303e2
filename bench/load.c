/*
 * load [-u] ADDRESS PORT CLIENTS SECONDS: each client, a process, comes, reads to the end and comes again; with -u each time
 * sends a datagram from a new socket and waits for its answer. Prints how many were answered in a second, all clients together.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct tally { long served; long failed; char padding[112]; };

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int ask(const struct sockaddr_in *server, int datagrams)
{
    char text[512];
    ssize_t got;
    long total = 0;
    struct timeval patience = { .tv_usec = 500000 };
    int client = socket(AF_INET, (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

    if (client < 0)
        return 0;
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(client, (const struct sockaddr *)server, sizeof *server) == 0) {
        if (datagrams) {
            if (send(client, "?", 1, 0) == 1 && (got = recv(client, text, sizeof text, 0)) > 0)
                total = got;
        } else {
            while ((got = recv(client, text, sizeof text, 0)) > 0)
                total += got;
        }
    }
    close(client);
    return total > 0;
}

int main(int argc, char **argv)
{
    int datagrams = argc > 1 && strcmp(argv[1], "-u") == 0;
    struct sockaddr_in server = { .sin_family = AF_INET };
    int clients;
    double seconds;

    if (argc != 5 + datagrams) {
        fprintf(stderr, "usage: load [-u] ADDRESS PORT CLIENTS SECONDS\n");
        return 64;
    }
    argv += datagrams;
    inet_pton(AF_INET, argv[1], &server.sin_addr);
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    clients = atoi(argv[3]);
    seconds = atof(argv[4]);

    struct tally *tally = mmap(NULL, (size_t)clients * sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double start = now();
    for (int client = 0; client < clients; client++) {
        if (fork() == 0) {
            while (now() - start < seconds) {
                if (ask(&server, datagrams)) {
                    tally[client].served++;
                } else {
                    tally[client].failed++;
                    usleep(1000);
                }
            }
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    double elapsed = now() - start;

    long served = 0, failed = 0;
    for (int client = 0; client < clients; client++) {
        served += tally[client].served;
        failed += tally[client].failed;
    }
    printf("%ld %ld %.0f\n", served, failed, (double)served / elapsed);
    return 0;
}
