/*
 * Fault points.  This is preloaded into krtaskd.  It kills the process, or makes a system call fail, at the
 * points of the table below.
 *
 * Each point is a step with a lasting effect, recognized by its system call.  The process can be killed
 * before the call or after it, or the call can fail.  krtaskd itself has no code for this.  The file that
 * KRTASK_POINTS names is a struct control, which all krtaskd of a test share.  A test arms a slot in it while
 * they are running, and each slot fires once.
 *
 *     cc -shared -fPIC -D_GNU_SOURCE points.c      crash.pl reads the table from here
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Identifier, name, the errors that the call may fail with; without any it can only be killed at. */
#define POINTS(X)                                                                                            \
	X(BEGIN, "begin", "")                      /* the process begins: taken over from who executed it */ \
	X(LOG_WRITE, "log-write", "EIO ENOSPC")    /* a claim, an end or a request into the store's log */   \
	X(LOG_SYNC, "log-sync", "EIO ENOSPC")      /* its commit */                                          \
	X(TRUNCATE, "truncate", "EIO ENOSPC")      /* ledger, log of the store */                            \
	X(OPEN, "open", "EIO ENOSPC EMFILE ENOMEM") /* output of a task, /proc, everything */                \
	X(RENAME, "rename", "EIO ENOSPC")          /* an output file gets its final name */                  \
	X(UNLINK, "unlink", "EIO")                                                                           \
	X(MAP, "map", "ENOMEM")                    /* the ledger */                                          \
	X(PIPE, "pipe", "EMFILE")                                                                            \
	X(CLONE, "clone", "EAGAIN ENOMEM")         /* after it the kernel has written the pid */ \
	X(LATE, "late", "EAGAIN")                  /* no failure: its child is late with its first step */       \
	X(CLOSE, "close", "")                      /* the start of the process is in the ledger too */       \
	X(PEEK, "peek", "")                        /* an exit status is read, and stays */                   \
	X(REAP, "reap", "")                        /* its commit is durable */                               \
	X(REPLY, "reply", "EAGAIN EIO")                                                                      \
	X(REQUEST, "request", "EAGAIN EIO")                                                                  \
	X(ACCEPT, "accept", "EMFILE ENOMEM EAGAIN")                                                          \
	X(LINE, "line", "")                        /* anchor and server speak to each other */               \
	X(FORK, "fork", "EAGAIN ENOMEM")           /* the anchor makes a server */                           \
	X(HAND_OVER, "hand-over", "")              /* the new server gets the socket */                      \
	X(PAIR, "pair", "EMFILE ENOMEM")                                                                     \
	X(BIND, "bind", "EIO ENOMEM")                                                                        \
	X(LISTEN, "listen", "EIO")                                                                           \
	X(MEMORY, "memory", "ENOMEM")

enum point {
#define X(identifier, name, errors) POINT_##identifier,
	POINTS(X)
#undef X
		POINT_COUNT
};

enum role {
	ROLE_ANY,
	ROLE_ANCHOR,
	ROLE_SERVER,
	ROLE_CHILD /* of the anchor, not yet a server */,
	ROLE_COUNT
};

struct slot {
	int armed; /* cleared by who fires */
	int point;
	int after; /* the call was made */
	int role;
	int skip;   /* so many times it passes */
	int action; /* an errno, 0: SIGKILL */
	int fired;
	int fired_by; /* role */
	int served;   /* the process had answered somebody */
};

enum { SLOTS = 4 };

struct control {
	struct slot slots[SLOTS];
	int pids[ROLE_COUNT];   /* the latest of each role */
	int begins[ROLE_COUNT]; /* how many there were */
};

static struct control *control; /* NULL: this is no krtaskd */
static enum role role;
static pid_t self;
static int served;

static pid_t points_pid(void)
{
	return (pid_t)syscall(SYS_getpid);
}

/* A child of a daemon that is being started, which does what only an anchor does. */
static void points_is_anchor(void)
{
	if (!control || role != ROLE_CHILD)
		return;
	role = ROLE_ANCHOR;
	control->pids[role] = self;
}

/* 0: nothing; otherwise what the call is to fail with. */
static int points_reach(enum point point, int after)
{
	/* A child of clone() shares this memory. */
	if (!control || points_pid() != self)
		return 0;
	for (int i = 0; i < SLOTS; i++) {
		struct slot *slot = &control->slots[i];
		if (!__atomic_load_n(&slot->armed, __ATOMIC_ACQUIRE) || slot->point != (int)point ||
		    slot->after != after || (slot->role != ROLE_ANY && slot->role != (int)role) ||
		    __atomic_fetch_sub(&slot->skip, 1, __ATOMIC_SEQ_CST) > 0 ||
		    !__atomic_exchange_n(&slot->armed, 0, __ATOMIC_SEQ_CST))
			continue;
		slot->fired_by = (int)role;
		slot->served = served;
		__atomic_store_n(&slot->fired, 1, __ATOMIC_SEQ_CST);
		if (slot->action)
			return slot->action;
		syscall(SYS_kill, self, SIGKILL);
	}
	return 0;
}

static void points_after(enum point point)
{
	int error = errno;
	(void)points_reach(point, 1);
	errno = error;
}

/* Makes a call with both of its points. */
#define AT(point, failure, call)                                                                             \
	({                                                                                                   \
		__typeof__(call) result = (failure);                                                         \
		int error = points_reach(point, 0);                                                          \
		if (error) {                                                                                 \
			errno = error;                                                                       \
		} else {                                                                                     \
			result = (call);                                                                     \
			points_after(point);                                                                 \
		}                                                                                            \
		result;                                                                                      \
	})

#define REAL(function) ((__typeof__(&(function)))dlsym(RTLD_NEXT, #function))

__attribute__((constructor)) static void points_begin(void)
{
	const char *path = getenv("KRTASK_POINTS");
	char command[4096] = "";
	if (!path || strcmp(program_invocation_short_name, "krtaskd") != 0)
		return;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	/* NOLINTBEGIN(performance-no-int-to-ptr): as mmap() itself */
	void *shared = fd < 0 ? MAP_FAILED
	                      : (void *)syscall(SYS_mmap, NULL, sizeof(*control), PROT_READ | PROT_WRITE,
	                                        MAP_SHARED, fd, 0);
	/* NOLINTEND(performance-no-int-to-ptr) */
	int words = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t length = read(words, command, sizeof(command) - 1);
	close(words);
	close(fd);
	if (shared == MAP_FAILED)
		return;
	role = ROLE_ANCHOR;
	for (char *word = command; word < command + length; word += strlen(word) + 1) {
		if (strcmp(word, "--serve") == 0 || strcmp(word, "--collect") == 0)
			role = ROLE_SERVER;
	}
	self = points_pid();
	control = shared;
	control->pids[role] = self;
	__atomic_add_fetch(&control->begins[role], 1, __ATOMIC_SEQ_CST);
	(void)points_reach(POINT_BEGIN, 0);
}

static int points_is_store(int fd)
{
	char link[64], name[512];
	int error = errno;
	if (!control)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, name, sizeof(name) - 1);
	errno = error;
	if (length < 0)
		return 0;
	name[length] = '\0';
	return strstr(name, "/tasks.db") != NULL;
}

/* --- the store and files */

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
	if (!points_is_store(fd))
		return syscall(SYS_pwrite64, fd, bytes, count, offset);
	return AT(POINT_LOG_WRITE, -1, syscall(SYS_pwrite64, fd, bytes, count, offset));
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
	return pwrite64(fd, bytes, count, offset);
}

int fsync(int fd)
{
	return (int)AT(POINT_LOG_SYNC, -1, syscall(SYS_fsync, fd));
}

int fdatasync(int fd)
{
	return (int)AT(POINT_LOG_SYNC, -1, syscall(SYS_fdatasync, fd));
}

int ftruncate64(int fd, off64_t length)
{
	return (int)AT(POINT_TRUNCATE, -1, syscall(SYS_ftruncate, fd, length));
}

int ftruncate(int fd, off_t length)
{
	return ftruncate64(fd, length);
}

int openat(int directory, const char *path, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it was started */
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
	va_end(more);
	return (int)AT(POINT_OPEN, -1, syscall(SYS_openat, directory, path, flags, mode));
}

int open(const char *path, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it was started */
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
	va_end(more);
	return openat(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it was started */
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
	va_end(more);
	return openat(AT_FDCWD, path, flags, mode);
}

int renameat(int from, const char *old, int to, const char *new)
{
	return (int)AT(POINT_RENAME, -1, syscall(SYS_renameat2, from, old, to, new, 0));
}

int unlinkat(int directory, const char *path, int flags)
{
	return (int)AT(POINT_UNLINK, -1, syscall(SYS_unlinkat, directory, path, flags));
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): as mmap() itself */
	return (void *)AT(POINT_MAP, -1, syscall(SYS_mmap, address, length, protection, flags, fd, offset));
}

int pipe2(int ends[2], int flags)
{
	return (int)AT(POINT_PIPE, -1, syscall(SYS_pipe2, ends, flags));
}

/* --- processes */

struct late {
	int (*function)(void *);
	void *arg;
};

/* Meanwhile the server may be killed, and the next one too: it is to be known by these, or to keep them waiting. */
static int points_late(void *arg)
{
	const struct late *late = arg;
	const struct timespec moment = { .tv_nsec = 400000000 };
	syscall(SYS_nanosleep, &moment, NULL);
	return late->function(late->arg);
}

int clone(int (*function)(void *), void *stack, int flags, void *arg, ...)
{
	va_list more;
	va_start(more, arg);
	pid_t *parent = va_arg(more, pid_t *);
	void *tls = va_arg(more, void *);
	pid_t *child = va_arg(more, pid_t *);
	va_end(more);
	struct late late = { function, arg };
	if (points_reach(POINT_LATE, 0)) {
		function = points_late;
		arg = &late;
	}
	return AT(POINT_CLONE, -1, REAL(clone)(function, stack, flags, arg, parent, tls, child));
}

int close(int fd)
{
	return (int)AT(POINT_CLOSE, -1, syscall(SYS_close, fd));
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	enum point point = options & WNOWAIT ? POINT_PEEK : POINT_REAP;
	return (int)AT(point, -1, syscall(SYS_waitid, type, id, info, options, NULL));
}

pid_t fork(void)
{
	pid_t pid = AT(POINT_FORK, -1, REAL(fork)());
	if (pid == 0 && control) {
		self = points_pid();
		role = ROLE_CHILD;
	}
	return pid;
}

int dup2(int from, int to)
{
	if (role != ROLE_CHILD || from == to)
		return from == to ? fcntl(from, F_GETFD) < 0 ? -1 : to : (int)syscall(SYS_dup3, from, to, 0);
	return (int)AT(POINT_HAND_OVER, -1, syscall(SYS_dup3, from, to, 0));
}

/* --- sockets */

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	served = 1;
	return AT(POINT_REPLY, -1L, syscall(SYS_sendmsg, fd, message, flags));
}

ssize_t send(int fd, const void *bytes, size_t count, int flags)
{
	return AT(POINT_LINE, -1L, syscall(SYS_sendto, fd, bytes, count, flags, NULL, 0));
}

ssize_t recv(int fd, void *bytes, size_t count, int flags)
{
	return AT(POINT_LINE, -1L, syscall(SYS_recvfrom, fd, bytes, count, flags, NULL, NULL));
}

ssize_t read(int fd, void *bytes, size_t count)
{
	/* A request is read into a buffer; counters of an eventfd and signals are not what is meant. */
	if (count < 4096)
		return syscall(SYS_read, fd, bytes, count);
	return AT(POINT_REQUEST, -1L, syscall(SYS_read, fd, bytes, count));
}

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	return (int)AT(POINT_ACCEPT, -1, syscall(SYS_accept4, fd, address, length, flags));
}

int socketpair(int family, int type, int protocol, int pair[2])
{
	points_is_anchor();
	return (int)AT(POINT_PAIR, -1, syscall(SYS_socketpair, family, type, protocol, pair));
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	points_is_anchor();
	return (int)AT(POINT_BIND, -1, syscall(SYS_bind, fd, address, length));
}

int listen(int fd, int backlog)
{
	return (int)AT(POINT_LISTEN, -1, syscall(SYS_listen, fd, backlog));
}

/* --- memory */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the C library's names */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

void *malloc(size_t size)
{
	return AT(POINT_MEMORY, NULL, __libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return AT(POINT_MEMORY, NULL, __libc_calloc(count, size));
}

void *realloc(void *memory, size_t size)
{
	return AT(POINT_MEMORY, NULL, __libc_realloc(memory, size));
}
