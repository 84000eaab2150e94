#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/host/launch.h"
#include "engine/host/line.h"
#include "engine/task/duration.h"

enum { TRY_MS = 2000, ABOVE_ALL = 16 };

/* Returns only on failure: an errno. */
static int launch_exec(const char *program, char *const *words)
{
	execv(program, words);
	int code = errno;
	execv("/proc/self/exe", words);
	return code;
}

/* Moves the descriptors to the numbers that the server expects.  False: none was moved. */
static bool place_descriptors(const int *from, int count, int first)
{
	int moved[4];
	for (int i = 0; i < count; i++) {
		moved[i] = fcntl(from[i], F_DUPFD_CLOEXEC, ABOVE_ALL);
		if (moved[i] < 0)
			return false;
	}
	for (int i = 0; i < count; i++)
		dup2(moved[i], first + i);
	return true;
}

/* The anchor tries again, and for longer if what was lacking may be there again. */
static _Noreturn void launch_give_up(int line_fd, int code)
{
	struct line line = { .fd = line_fd };
	if (line_passes(code, false))
		line_tell_failure(&line, -code, strerror(code));
	_exit(EXIT_FAILURE);
}

void launch_child(const struct daemon_options *options, int line_fd, bool collect)
{
	int inherited[] = { options->listen_fd, line_fd, options->lock_fd, options->state_fd };
	char pid[16], slots[16], hook_limit[DURATION_SIZE];
	/* A limit that is below what is asked for is EINVAL. */
	if (!place_descriptors(inherited, options->state_fd < 0 ? 3 : 4, DAEMON_LISTEN_FD))
		launch_give_up(line_fd, EMFILE);
	snprintf(pid, sizeof(pid), "%d", getpid());
	snprintf(slots, sizeof(slots), "%d", options->slots);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", pid, 1);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(options->umask);
	shed_restore_limits(&options->limits);
	char *words[] = { "krtaskd",  collect ? "--collect" : "--serve",
		          "--name",   (char *)options->name,
		          "--socket", (char *)options->socket,
		          "--state",  (char *)options->state,
		          NULL,       NULL,
		          NULL,       NULL,
		          NULL,       NULL };
	int count = 8;
	if (options->borrowed)
		words[count++] = "--borrowed";
	if (options->slots >= 0) {
		words[count++] = "--slots";
		words[count++] = slots;
	}
	if (options->hook_limit > 0) {
		words[count++] = "--hook-limit";
		words[count++] = (char *)duration_write(options->hook_limit, hook_limit);
	}
	launch_give_up(DAEMON_LINE_FD, launch_exec(options->program, words));
}

/* Keeps a descriptor open for the program, and writes its number as text. */
static char *keep_open(int fd, char text[16])
{
	fcntl(fd, F_SETFD, 0);
	snprintf(text, 16, "%d", fd);
	return text;
}

int launch_instead(const struct daemon_options *options, const char *program)
{
	char listen_fd[16], lock_fd[16], state_fd[16];
	char *words[20] = { "krtaskd",     "--anchor",
		            "--name",      (char *)options->name,
		            "--socket",    (char *)options->socket,
		            "--state",     (char *)options->state,
		            "--listen-fd", keep_open(options->listen_fd, listen_fd),
		            "--lock-fd",   keep_open(options->lock_fd, lock_fd) };
	int count = 12;
	if (options->state_fd >= 0) {
		words[count++] = "--state-fd";
		words[count++] = keep_open(options->state_fd, state_fd);
	}
	if (options->foreground)
		words[count++] = "--foreground";
	if (options->borrowed)
		words[count++] = "--borrowed";
	umask(options->umask);
	signal(SIGXCPU, SIG_IGN); /* this process may have had more time than its caller allowed */
	shed_restore_limits(&options->limits);
	int code = launch_exec(program, words);
	shed_limits();
	return code;
}

static int try_spawn(const char *program, int output, pid_t *pid)
{
	char *words[] = { "krtaskd", "--takes-over", LAUNCH_HERITAGE, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	int code = posix_spawn(pid, program, &actions, &attributes, words, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return -code;
}

/*
 * The output of the program is the answer.  Its exit status may be lost, since others may wait for our
 * children.
 */
static bool try_answer(int fd)
{
	char text[sizeof(LAUNCH_ANSWER)] = "";
	size_t used = 0;
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	while (used < sizeof(text) - 1 && poll(&readable, 1, TRY_MS) > 0) {
		ssize_t got = read(fd, text + used, sizeof(text) - 1 - used);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	return used == sizeof(text) - 1 && memcmp(text, LAUNCH_ANSWER, used) == 0;
}

int launch_try(const char *program)
{
	int ends[2];
	pid_t pid;
	if (program[0] != '/')
		return -EINVAL;
	if (access(program, X_OK) || pipe2(ends, O_CLOEXEC))
		return -errno;
	int code = try_spawn(program, ends[1], &pid);
	close(ends[1]);
	if (!code) {
		code = try_answer(ends[0]) ? 0 : -ENOEXEC;
		if (code)
			kill(pid, SIGKILL); /* not waited for yet, so that it is nobody else */
		waitpid(pid, NULL, 0);
	}
	close(ends[0]);
	return code;
}

void launch_keep(const struct daemon_options *options)
{
	const int fds[] = { options->listen_fd, options->state_fd, options->lock_fd };
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
		if (fds[i] >= 0)
			fcntl(fds[i], F_SETFD, FD_CLOEXEC);
	}
}
