#include "config.h"

#include "engine/pilot/ticket.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The thread sanitizer's own clone() would copy what is shared here (engine/run/spawn.c). */
#if defined(__SANITIZE_THREAD__)
int __clone(int (*fn)(void *), void *stack, int flags, void *arg, ...); /* NOLINT: glibc's name */
#define ticket_clone __clone
#else
#define ticket_clone clone
#endif

enum { TICKET_MOST = 16 << 20, TICKET_PATH = 512, TICKET_STACK = 256 << 10 };

void ticket_release(struct ticket *ticket)
{
	free(ticket->bytes);
	free(ticket->words);
	free(ticket->environment);
}

static bool ticket_read_bytes(struct ticket *ticket, int directory, const char *name)
{
	struct stat status = { .st_size = 0 };
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	size_t at = 0;
	ssize_t count = 0;
	if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0 && status.st_size <= TICKET_MOST)
		ticket->bytes = malloc((size_t)status.st_size + 1);
	if (!ticket->bytes) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	ticket->length = (size_t)status.st_size;
	while (at < ticket->length && (count = read(fd, ticket->bytes + at, ticket->length - at)) > 0)
		at += (size_t)count;
	close(fd);
	return at == ticket->length && ticket->bytes[at - 1] == '\0';
}

/* The next string; NULL: there is none. */
static char *ticket_take(const struct ticket *ticket, size_t *at)
{
	char *text = *at < ticket->length ? ticket->bytes + *at : NULL;
	if (text)
		*at += strlen(text) + 1;
	return text;
}

static bool ticket_of_slurm(const char *variable)
{
	return strncmp(variable, "SLURM", 5) == 0;
}

/* The rest of the ticket, and what Slurm tells its jobs. */
static bool ticket_read_environment(struct ticket *ticket, size_t at)
{
	size_t count = 0, own = 0;
	char *text;
	for (size_t i = at; ticket_take(ticket, &i);)
		count++;
	for (char **variable = environ; *variable; variable++)
		own += ticket_of_slurm(*variable);
	ticket->environment = calloc(count + own + 1, sizeof(char *));
	if (!ticket->environment)
		return false;
	count = 0;
	while ((text = ticket_take(ticket, &at))) {
		if (!ticket_of_slurm(text))
			ticket->environment[count++] = text;
	}
	for (char **variable = environ; *variable; variable++) {
		if (ticket_of_slurm(*variable))
			ticket->environment[count++] = *variable;
	}
	return true;
}

bool ticket_read(struct ticket *ticket, int directory, const char *name)
{
	size_t at = 0;
	if (!ticket_read_bytes(ticket, directory, name))
		return false;
	ticket->umask = ticket_take(ticket, &at);
	ticket->merge = ticket_take(ticket, &at);
	ticket->cwd = ticket_take(ticket, &at);
	const char *number = ticket_take(ticket, &at);
	size_t count = number ? strtoul(number, NULL, 10) : 0;
	if (count > 0 && count <= ticket->length)
		ticket->words = calloc(count + 1, sizeof(char *));
	if (!ticket->words)
		return false;
	for (size_t i = 0; i < count; i++) {
		ticket->words[i] = ticket_take(ticket, &at);
		if (!ticket->words[i])
			return false;
	}
	return ticket_read_environment(ticket, at);
}

static void ticket_open(const struct ticket *ticket, const char *suffix, int fd)
{
	char path[TICKET_PATH];
	snprintf(path, sizeof(path), "../%s%s", ticket->base, suffix);
	int opened = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (opened < 0 || dup2(opened, fd) < 0)
		_exit(78);
	if (opened != fd)
		close(opened);
}

/* Becomes the command. */
__attribute__((noreturn)) static void ticket_run(const struct ticket *ticket)
{
	sigset_t none;
	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(077);
	int empty = open("/dev/null", O_RDONLY);
	if (empty < 0 || dup2(empty, STDIN_FILENO) < 0)
		_exit(78);
	if (empty != STDIN_FILENO)
		close(empty);
	ticket_open(ticket, ".out", STDOUT_FILENO);
	if (*ticket->merge != '1')
		ticket_open(ticket, ".err", STDERR_FILENO);
	else if (dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
		_exit(78);
	if (chdir(ticket->cwd)) {
		dprintf(STDERR_FILENO, "%s: %s\n", ticket->cwd, strerror(errno));
		_exit(126);
	}
	umask((mode_t)strtoul(ticket->umask, NULL, 8));
	environ = ticket->environment;
	execvp(ticket->words[0], ticket->words);
	int status = errno == ENOENT ? 127 : 126;
	dprintf(STDERR_FILENO, "%s: %s\n", ticket->words[0], strerror(errno));
	_exit(status);
}

static int ticket_main(void *ctx)
{
	ticket_run(ctx);
}

/* In the memory of the pilot, which waits for the exec: to copy that would cost more than a short command does. */
pid_t ticket_start(struct ticket *ticket)
{
	size_t size = TICKET_STACK + 2 * ticket->length;
	char *stack = malloc(size), **own = environ;
	pid_t pid = -1;
	if (stack)
		pid = ticket_clone(ticket_main, stack + (size & ~(size_t)15),
		                   CLONE_VM | CLONE_VFORK | SIGCHLD, ticket);
	environ = own;
	free(stack);
	return pid;
}
