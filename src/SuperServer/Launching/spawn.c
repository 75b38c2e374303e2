/*
 * Starts a child on a socket: everything between clone and exec, and nothing else.
 *
 * No managed code may run in the child: it shares our memory until exec (CLONE_VM) while the collector that managed code
 * would wait for does not exist there. Therefore all that the child needs is worked out before, the child makes system calls
 * only, and a failure comes back through the shared memory as a step and an errno.
 *
 * The system calls are made raw. The C library's setresuid would signal "its" threads to follow, and in a child that shares
 * memory those are the daemon's (clone(2), nptl(7)).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/single_threaded.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum { SWITCH_IDENTITY = 1, NO_NEW_PRIVILEGES = 2 };

/* What failed; Spawn.cs has the same list in the same order. */
enum step {
    STEP_NONE, STEP_CLONE, STEP_SIGNALS, STEP_SESSION, STEP_DESCRIPTORS, STEP_LIMITS, STEP_DIRECTORY,
    STEP_GROUPS, STEP_GID, STEP_UID, STEP_VERIFY, STEP_NO_NEW_PRIVILEGES, STEP_EXEC,
};

/* Prepared once per service. */
struct superserver_plan {
    const char *path;
    char *const *arguments;
    const char *directory;
    const uint32_t *groups;
    uint32_t group_count;
    uint32_t uid;
    uint32_t gid;
    uint32_t umask;
    uint32_t flags;
};

/* What differs from child to child. The numbers in `more` are ours to change, and so is what `own_pid` points to. */
struct superserver_descriptors {
    int32_t socket;             /* for 0 and 1 */
    int32_t error_output;       /* for 2; negative for the socket */
    int32_t *more;              /* for 3 and so on, as sd_listen_fds(3) has it; all above 2 */
    char *own_pid;              /* where the child's pid is written, 11 bytes; null when nobody asks for it */
    uint32_t more_count;
};

struct superserver_child {
    int32_t pid;
    int32_t pidfd;
    int32_t step;
    int32_t error;
};

struct birth {
    const struct superserver_plan *plan;
    char *const *environment;
    const struct superserver_descriptors *descriptors;
    struct superserver_child *child;
    int clears_handlers;
};

static struct rlimit64 first_nofile;
static struct rlimit64 raised_nofile;
static uint64_t ignored_signals;
static sigset_t orders;
static int hangup_was_ignored;

/* The runtime leaves an ignored signal ignored, and with it whatever we would have done when it comes. */
static int heed(int number)
{
    struct sigaction action;

    if (sigaction(number, NULL, &action) != 0 || action.sa_handler != SIG_IGN)
        return 0;
    signal(number, SIG_DFL);
    return 1;
}

/* What the administrator may order. Held back, even an ignored signal would come: who ignores SIGINT (a shell's job) keeps on. */
static void learn_orders(void)
{
    static const int all[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2 };
    struct sigaction action;
    size_t i;

    sigemptyset(&orders);
    for (i = 0; i < sizeof all / sizeof *all; i++)
        if (sigaction(all[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&orders, all[i]);
}

/*
 * Before main: the runtime raises its own RLIMIT_NOFILE; a parent that ignored SIGCHLD would cost us every exit status, and
 * one that ignored SIGHUP (nohup does) or blocked it every reload.
 *
 * Orders stay with the kernel until the loop reads them from its signalfd(2), so every thread must have them blocked, and each
 * has its mask from the one that made it. The mask and what waits behind it outlive execve: an order that comes while another
 * program takes our place is obeyed by that one. As a library of a process that has threads already we leave its mask alone.
 */
__attribute__((constructor)) static void remember_how_we_were_started(void)
{
    getrlimit64(RLIMIT_NOFILE, &first_nofile);
    heed(SIGCHLD);
    hangup_was_ignored = heed(SIGHUP);
    heed(SIGTERM);
    learn_orders();
    if (__libc_single_threaded)
        sigprocmask(SIG_SETMASK, &orders, NULL);
}

/* Whether nohup, or somebody like it, has started us. */
EXPORT int superserver_hangup_was_ignored(void)
{
    return hangup_was_ignored;
}

/* For commands that serve nobody: a signal does to them what it does to any program. On the first thread. */
EXPORT void superserver_let_orders_come(void)
{
    pthread_sigmask(SIG_UNBLOCK, &orders, NULL);
}

/* A program that takes our place gets the limit of descriptors that we were started with; if none does, we have ours again. */
EXPORT void superserver_lend_first_limits(int lend)
{
    if (lend) {
        getrlimit64(RLIMIT_NOFILE, &raised_nofile);
        setrlimit64(RLIMIT_NOFILE, &first_nofile);
    } else {
        setrlimit64(RLIMIT_NOFILE, &raised_nofile);
    }
}

/* The kernel's own sigaction and signal set: 64 signals, of which the C library hides two. */
struct kernel_sigaction {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

static int reset_signal(int number)
{
    struct kernel_sigaction action;

    memset(&action, 0, sizeof action);
    return (int)syscall(SYS_rt_sigaction, number, &action, NULL, sizeof action.mask);
}

/* Once, after the runtime has settled its own dispositions: clone3 resets handlers, but leaves ignored signals ignored. */
EXPORT void superserver_spawn_prepare(void)
{
    struct kernel_sigaction action;

    for (int number = 1; number <= 64; number++)
        if (syscall(SYS_rt_sigaction, number, NULL, &action, sizeof action.mask) == 0 && action.handler == SIG_IGN)
            ignored_signals |= UINT64_C(1) << (number - 1);
}

static int default_signals(const struct birth *birth)
{
    for (int number = 1; number <= 64; number++) {
        int is_ignored = (ignored_signals >> (number - 1)) & 1;

        if (number == SIGKILL || number == SIGSTOP || (birth->clears_handlers && !is_ignored))
            continue;
        if (reset_signal(number) != 0)
            return -1;
    }
    return 0;
}

/*
 * From 3 on. A descriptor may lie where another one has to go: those are moved out of the way first, so that nothing that is
 * still needed is ever overwritten.
 */
static int place_more(const struct superserver_descriptors *descriptors)
{
    int end = 3 + (int)descriptors->more_count;

    for (int place = 3; place < end; place++) {
        int32_t *source = &descriptors->more[place - 3];

        if (*source < end && (*source = (int32_t)syscall(SYS_fcntl, *source, F_DUPFD_CLOEXEC, end)) < 0)
            return -1;
    }
    for (int place = 3; place < end; place++)
        if (syscall(SYS_dup3, descriptors->more[place - 3], place, 0) < 0)
            return -1;
    return (int)syscall(SYS_close_range, end, ~0U, 0);
}

/* The sockets of the daemon all lie above 2: it opens /dev/null where it was started with less (Program.cs). */
static int place_descriptors(const struct superserver_descriptors *descriptors)
{
    int socket = descriptors->socket;

    if (syscall(SYS_dup3, socket, 0, 0) < 0 || syscall(SYS_dup3, socket, 1, 0) < 0)
        return -1;
    if (syscall(SYS_dup3, descriptors->error_output < 0 ? socket : descriptors->error_output, 2, 0) < 0)
        return -1;
    return place_more(descriptors);
}

/* LISTEN_PID is known to the child alone. It shares the memory in which the parent, who stands still, has kept room for it. */
static void write_own_pid(char *text)
{
    char digits[10];
    int count = 0;

    for (unsigned long pid = (unsigned long)syscall(SYS_getpid); pid > 0; pid /= 10)
        digits[count++] = (char)('0' + pid % 10);
    while (count > 0)
        *text++ = digits[--count];
    *text = '\0';
}

/* A drop that can be undone is none: the saved ids must be gone, and root must be out of reach. */
static int verify_identity(const struct superserver_plan *plan)
{
    uint32_t real, effective, saved;

    if (syscall(SYS_getresuid, &real, &effective, &saved) != 0)
        return -1;
    if (real != plan->uid || effective != plan->uid || saved != plan->uid)
        goto kept;
    if (syscall(SYS_getresgid, &real, &effective, &saved) != 0)
        return -1;
    if (real != plan->gid || effective != plan->gid || saved != plan->gid)
        goto kept;
    if (plan->uid != 0 && syscall(SYS_setuid, 0) == 0)
        goto kept;
    return 0;
kept:
    errno = EPERM;
    return -1;
}

static enum step become(const struct superserver_plan *plan)
{
    if (syscall(SYS_setgroups, plan->group_count, plan->groups) != 0)
        return STEP_GROUPS;
    if (syscall(SYS_setresgid, plan->gid, plan->gid, plan->gid) != 0)
        return STEP_GID;
    if (syscall(SYS_setresuid, plan->uid, plan->uid, plan->uid) != 0)
        return STEP_UID;
    return verify_identity(plan) == 0 ? STEP_NONE : STEP_VERIFY;
}

/* Returns only when something failed. */
static enum step be_born(const struct birth *birth)
{
    const struct superserver_plan *plan = birth->plan;
    const uint64_t no_signals = 0;
    enum step step;

    if (default_signals(birth) != 0)
        return STEP_SIGNALS;
    if (syscall(SYS_setsid) < 0)
        return STEP_SESSION;
    if (place_descriptors(birth->descriptors) != 0)
        return STEP_DESCRIPTORS;
    if (syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &first_nofile, NULL) != 0)
        return STEP_LIMITS;
    syscall(SYS_umask, plan->umask);
    if (syscall(SYS_chdir, plan->directory) != 0)
        return STEP_DIRECTORY;
    if ((plan->flags & SWITCH_IDENTITY) && (step = become(plan)) != STEP_NONE)
        return step;
    if ((plan->flags & NO_NEW_PRIVILEGES) && syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return STEP_NO_NEW_PRIVILEGES;
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, NULL, sizeof no_signals) != 0)
        return STEP_SIGNALS;
    if (birth->descriptors->own_pid)
        write_own_pid(birth->descriptors->own_pid);
    syscall(SYS_execve, plan->path, plan->arguments, birth->environment);
    return STEP_EXEC;
}

static int child_main(void *argument)
{
    const struct birth *birth = argument;
    enum step step = be_born(birth);

    birth->child->error = errno;
    birth->child->step = step;
    syscall(SYS_exit_group, 127);
    __builtin_unreachable();
}

/*
 * clone3 on a stack of the child's own. It has no wrapper in the C library, and after it returns in the child nothing of
 * the caller's frame may be touched: so the child's part is written here, down to the call of child_main.
 */
static long clone3_onto(struct clone_args *arguments, struct birth *birth)
{
#if defined(__x86_64__)
    register struct birth *argument __asm__("r12") = birth;
    register int (*entry)(void *) __asm__("r13") = child_main;
    long result;

    __asm__ volatile(
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "xor %%ebp, %%ebp\n\t"
        "mov %%r12, %%rdi\n\t"
        "call *%%r13\n\t"
        "hlt\n"
        "1:"
        : "=a"(result)
        : "0"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), "r"(argument), "r"(entry)
        : "rcx", "r11", "memory", "cc");
    if (result < 0) {
        errno = (int)-result;
        return -1;
    }
    return result;
#elif defined(__aarch64__)
    register long number __asm__("x8") = SYS_clone3;
    register void *first __asm__("x0") = arguments;
    register unsigned long second __asm__("x1") = sizeof *arguments;
    register struct birth *argument __asm__("x20") = birth;
    register int (*entry)(void *) __asm__("x21") = child_main;
    long result;

    __asm__ volatile(
        "svc #0\n\t"
        "cbnz x0, 1f\n\t"
        "mov x29, xzr\n\t"
        "mov x0, x20\n\t"
        "blr x21\n\t"
        "brk #0\n"
        "1:"
        : "+r"(first)
        : "r"(number), "r"(second), "r"(argument), "r"(entry)
        : "memory", "cc");
    result = (long)first;
    if (result < 0) {
        errno = (int)-result;
        return -1;
    }
    return result;
#else
    (void)arguments, (void)birth;
    errno = ENOSYS;
    return -1;
#endif
}

/* We stand still until the child has exec'ed or failed, so its stack may be a part of ours. */
static pid_t clone_child(struct birth *birth)
{
    _Alignas(16) char stack[16384];
    struct clone_args arguments = {
        .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
        .pidfd = (uint64_t)(uintptr_t)&birth->child->pidfd,
        .exit_signal = SIGCHLD,
        .stack = (uint64_t)(uintptr_t)stack,
        .stack_size = sizeof stack,
    };
    long pid;

    birth->clears_handlers = 1;
    pid = clone3_onto(&arguments, birth);
    if (pid > 0 || (errno != ENOSYS && errno != EPERM))   /* EPERM: what older container filters answer to clone3 */
        return (pid_t)pid;

    birth->clears_handlers = 0;
    return clone(child_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, birth, &birth->child->pidfd);
}

/*
 * Starts plan's program on these descriptors and no others.
 * Returns 0 with the pid and a pidfd, or -1 with the step that failed and its errno; a failed child is reaped here.
 */
EXPORT int superserver_spawn(const struct superserver_plan *plan, char *const *environment,
                             const struct superserver_descriptors *descriptors, struct superserver_child *child)
{
    struct birth birth = {
        .plan = plan, .environment = environment, .descriptors = descriptors, .child = child,
    };
    const uint64_t all_signals = ~UINT64_C(0);
    uint64_t mask;

    *child = (struct superserver_child){ .pid = -1, .pidfd = -1 };

    /* A handler of the runtime that ran in the child would run on our memory. */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all_signals, &mask, sizeof mask);
    child->pid = clone_child(&birth);
    if (child->pid < 0) {
        child->error = errno;
        child->step = STEP_CLONE;
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask);

    if (child->step == STEP_NONE)
        return 0;
    if (child->pid > 0) {
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        close(child->pidfd);
        child->pid = child->pidfd = -1;
    }
    return -1;
}

/* Drops one waiting datagram whose server cannot start. The buffer has no room: nothing a client sent is ever read. */
EXPORT int superserver_discard_datagram(int socket)
{
    char nothing;

    return recv(socket, &nothing, 0, MSG_DONTWAIT) < 0 ? -1 : 0;
}

/* Who sent a datagram that waits, and which of our addresses it was sent to. */
struct superserver_sender {
    struct sockaddr_storage peer;
    uint32_t peer_length;
    int32_t local_family;       /* 0 when the kernel does not say */
    uint8_t local[16];
};

static void learn_local(struct superserver_sender *sender, struct msghdr *message)
{
    struct cmsghdr *part;

    for (part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(part);

            /* The address to answer from: for a broadcast it is not the one in the packet. */
            memcpy(sender->local, info->ipi_spec_dst.s_addr ? &info->ipi_spec_dst : &info->ipi_addr, 4);
            sender->local_family = AF_INET;
        } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo *info = (struct in6_pktinfo *)CMSG_DATA(part);

            if (IN6_IS_ADDR_MULTICAST(&info->ipi6_addr))
                continue;
            memcpy(sender->local, &info->ipi6_addr, 16);
            sender->local_family = AF_INET6;
        }
    }
}

/*
 * Looks at the datagram at SO_PEEK_OFF (the first one, where that is off) and leaves it. The buffer has no room, so nothing
 * that a client sent is ever read: only the envelope. Returns the datagram's length, or -1.
 */
EXPORT int superserver_peek_sender(int socket, struct superserver_sender *sender)
{
    _Alignas(struct cmsghdr) char control[256];
    struct msghdr message = {
        .msg_name = &sender->peer, .msg_namelen = sizeof sender->peer,
        .msg_control = control, .msg_controllen = sizeof control,
    };
    int length = (int)recvmsg(socket, &message, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);

    if (length < 0)
        return -1;
    sender->peer_length = message.msg_namelen;
    sender->local_family = 0;
    learn_local(sender, &message);
    return length;
}
