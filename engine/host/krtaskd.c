#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/host/activation.h"
#include "engine/host/anchor.h"
#include "engine/host/launch.h"
#include "engine/run/shed.h"
#include "engine/task/duration.h"
#include "engine/task/messages.h"
#include "engine/task/task.h"
#include "engine/wire/client/address.h"
#include "engine/wire/client/known.h"

/*
 * krtaskd.  If a user or krtask runs it, it becomes a daemon, the anchor.  The anchor runs the same program
 * as the server.
 */

enum mode { MODE_DAEMON, MODE_ANCHOR, MODE_SERVE };

enum { LARGE_BLOCK = 256 << 10 };

enum {
	OPTION_NAME = 256,
	OPTION_SOCKET,
	OPTION_STATE,
	OPTION_SLOTS,
	OPTION_HOOK_LIMIT,
	OPTION_FOREGROUND,
	OPTION_READY_FD,
	OPTION_LISTEN_FD,
	OPTION_LOCK_FD,
	OPTION_STATE_FD,
	OPTION_ANCHOR,
	OPTION_SERVE,
	OPTION_COLLECT,
	OPTION_TAKES_OVER,
	OPTION_BORROWED,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "name", required_argument, NULL, OPTION_NAME },
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "slots", required_argument, NULL, OPTION_SLOTS },
	{ "hook-limit", required_argument, NULL, OPTION_HOOK_LIMIT },
	{ "foreground", no_argument, NULL, OPTION_FOREGROUND },
	{ "ready-fd", required_argument, NULL, OPTION_READY_FD },
	{ "listen-fd", required_argument, NULL, OPTION_LISTEN_FD },
	{ "lock-fd", required_argument, NULL, OPTION_LOCK_FD },
	{ "state-fd", required_argument, NULL, OPTION_STATE_FD },
	{ "anchor", no_argument, NULL, OPTION_ANCHOR },
	{ "serve", no_argument, NULL, OPTION_SERVE },
	{ "collect", no_argument, NULL, OPTION_COLLECT },
	{ "borrowed", no_argument, NULL, OPTION_BORROWED },
	{ "takes-over", required_argument, NULL, OPTION_TAKES_OVER },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
	"Usage: krtaskd [--name NAME] [--slots N] [--hook-limit DURATION] [--foreground]\n"
	"\n"
	"The server of krtask(1), which starts it when needed.\n"
	"\n"
	"  --name NAME     name of the server (default: default)\n"
	"  --slots N       run at most N tasks at once (default: no limit)\n"
	"  --hook-limit DURATION\n"
	"                  end what follows the end of a task after it (default: 60s)\n"
	"  --foreground    stay in the foreground\n"
	"  --socket PATH   listen at PATH instead of in the runtime directory\n"
	"  --state DIR     keep tasks in DIR instead of in the state directory\n"
	"  --ready-fd N    write a line to descriptor N once the server answers or fails\n"
	"  --help, --version\n";

struct settings {
	struct daemon_options daemon;
	enum mode mode;
};

/* A whole number from 0 to max.  Exits if it is another value. */
static int number_option(const char *option, const char *text, long max)
{
	char *end;
	errno = 0;
	long value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < 0 || value > max) {
		fprintf(stderr, "krtaskd: " MSG_KRTASKD_NUMBER "\n", text, option, max);
		exit(2);
	}
	return (int)value;
}

/* In milliseconds.  Exits if it is none. */
static int64_t duration_option(const char *option, const char *text)
{
	double seconds;
	if ((!duration_parse(text, &seconds) && !duration_is_bare(text, &seconds)) || seconds < 0.001) {
		fprintf(stderr, "krtaskd: " MSG_KRTASKD_DURATION "\n", text, option);
		exit(2);
	}
	return (int64_t)(seconds * 1000 + 0.5);
}

/* Options whose value goes into a field as it is. */
static const struct {
	int option;
	size_t field;
} text_options[] = {
	{ OPTION_NAME, offsetof(struct daemon_options, name) },
	{ OPTION_SOCKET, offsetof(struct daemon_options, socket) },
	{ OPTION_STATE, offsetof(struct daemon_options, state) },
};

static const struct {
	int option;
	const char *name;
	size_t field;
	long max;
} number_options[] = {
	{ OPTION_SLOTS, "--slots", offsetof(struct daemon_options, slots), 1000000 },
	{ OPTION_READY_FD, "--ready-fd", offsetof(struct daemon_options, ready_fd), 65535 },
	{ OPTION_LISTEN_FD, "--listen-fd", offsetof(struct daemon_options, listen_fd), 65535 },
	{ OPTION_LOCK_FD, "--lock-fd", offsetof(struct daemon_options, lock_fd), 65535 },
	{ OPTION_STATE_FD, "--state-fd", offsetof(struct daemon_options, state_fd), 65535 },
};

/* False: it has no value of that kind. */
static bool read_value(struct daemon_options *daemon, int option)
{
	for (size_t i = 0; i < sizeof(text_options) / sizeof(*text_options); i++) {
		if (text_options[i].option == option) {
			*(char **)((char *)daemon + text_options[i].field) = optarg;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(number_options) / sizeof(*number_options); i++) {
		if (number_options[i].option == option) {
			*(int *)((char *)daemon + number_options[i].field) =
				number_option(number_options[i].name, optarg, number_options[i].max);
			return true;
		}
	}
	return false;
}

/* Options that only ask something, and unknown ones. */
static _Noreturn void answer_option(int option)
{
	switch (option) {
	case OPTION_TAKES_OVER:
		fputs(strcmp(optarg, LAUNCH_HERITAGE) == 0 ? LAUNCH_ANSWER : "", stdout);
		exit(0);
	case OPTION_HELP:
		fputs(usage, stdout);
		exit(0);
	case OPTION_VERSION:
		puts("krtaskd " PACKAGE_VERSION);
		exit(0);
	default:
		fputs("krtaskd: " MSG_KRTASKD_USAGE "\n", stderr);
		exit(2);
	}
}

static void read_option(struct settings *settings, int option)
{
	struct daemon_options *daemon = &settings->daemon;
	if (read_value(daemon, option))
		return;
	switch (option) {
	case OPTION_HOOK_LIMIT:
		daemon->hook_limit = duration_option("--hook-limit", optarg);
		break;
	case OPTION_FOREGROUND:
		daemon->foreground = true;
		break;
	case OPTION_ANCHOR:
		settings->mode = MODE_ANCHOR;
		break;
	case OPTION_SERVE:
		settings->mode = MODE_SERVE;
		break;
	case OPTION_COLLECT:
		settings->mode = MODE_SERVE;
		daemon->collect = true;
		break;
	case OPTION_BORROWED:
		daemon->borrowed = true;
		break;
	default:
		answer_option(option);
	}
}

static void read_options(struct settings *settings, int argc, char **argv)
{
	int option;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		read_option(settings, option);
	if (optind < argc) {
		fprintf(stderr, "krtaskd: " MSG_OPERAND_UNEXPECTED "\n", argv[optind]);
		exit(2);
	}
}

static void krtaskd_fail(const char *error, int status)
{
	fprintf(stderr, "krtaskd: %s\n", error ? error : strerror(ENOMEM));
	exit(status);
}

static void krtaskd_secure(const char *path)
{
	char *error = NULL;
	if (address_secure_directory(path, &error))
		krtaskd_fail(error, 1);
}

/* A server is not told by an address, as for krtask, which would not reach one of the name that stands for several. */
static void krtaskd_check_name(struct daemon_options *daemon)
{
	if (!daemon->name)
		daemon->name = "default";
	if (!task_id_valid(daemon->name))
		fprintf(stderr, "krtaskd: " MSG_KRTASKD_NAME "\n", daemon->name);
	else if (strcmp(daemon->name, KNOWN_ALL) == 0)
		fprintf(stderr, "krtaskd: " MSG_KRTASKD_ALL "\n", daemon->name);
	else
		return;
	exit(2);
}

/* The daemon leaves the directory in which this was meant. */
static const char *krtaskd_absolute(const char *path)
{
	const char *absolute = !path || *path == '/' ? path : address_absolute(path);
	if (path && !absolute)
		krtaskd_fail(NULL, 1);
	return absolute;
}

/* The directory of all state directories, like that of one, is nobody else's. */
static void krtaskd_secure_state(const char *state)
{
	char *directory = strndup(state, (size_t)(strrchr(state, '/') - state));
	if (!directory)
		krtaskd_fail(NULL, 1);
	krtaskd_secure(directory);
	free(directory);
	krtaskd_secure(state);
}

/* Derives the socket and the state directory from the name, if they were not given. */
static void find_places(struct daemon_options *daemon)
{
	static struct address address;
	char *error = NULL;
	krtaskd_check_name(daemon);
	daemon->socket = krtaskd_absolute(daemon->socket);
	daemon->state = krtaskd_absolute(daemon->state);
	if (daemon->state)
		krtaskd_secure(daemon->state);
	if (daemon->socket && daemon->state)
		return;
	if (address_parse(&address, daemon->name, &error))
		krtaskd_fail(error, 2);
	if (!daemon->state) {
		daemon->state = address.state;
		krtaskd_secure_state(daemon->state);
	}
	if (daemon->socket)
		return;
	char *directory = address_runtime_directory();
	if (!directory)
		krtaskd_fail(NULL, 1);
	krtaskd_secure(directory);
	free(directory);
	daemon->socket = address.socket;
}

/* Takes a socket that the supervisor has made, which also wants this process to stay in the foreground. */
static void take_activation(struct daemon_options *daemon)
{
	char *path = NULL, *error = NULL;
	int taken = activation_take(&daemon->listen_fd, &path, &error);
	if (taken < 0)
		krtaskd_fail(error, 1);
	if (!taken)
		return;
	char *directory = strndup(path, (size_t)(strrchr(path, '/') - path));
	if (!directory)
		krtaskd_fail(NULL, 1);
	krtaskd_secure(directory);
	free(directory);
	daemon->socket = path;
	daemon->borrowed = daemon->foreground = true;
}

static char *own_path(void)
{
	static char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (length < 0)
		return (char *)"/proc/self/exe";
	path[length] = '\0';
	/* The kernel adds this to the path of a removed program.  It may exist again when it is needed. */
	static const char removed[] = " (deleted)";
	size_t end = sizeof(removed) - 1;
	if ((size_t)length > end && strcmp(path + length - end, removed) == 0)
		path[(size_t)length - end] = '\0';
	return path;
}

/* A user ran krtaskd: waits for the line of the daemon, and prints it. */
static int wait_ready(int fd)
{
	char line[4600];
	size_t used = 0;
	ssize_t got;
	while (used < sizeof(line) - 1 && (got = read(fd, line + used, sizeof(line) - 1 - used)) > 0)
		used += (size_t)got;
	line[used] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, "ready") == 0)
		return 0;
	if (strncmp(line, "held ", 5) == 0)
		fprintf(stderr, "krtaskd: " MSG_ALREADY_RUNNING "\n", line + 5);
	else if (strncmp(line, "error ", 6) == 0)
		fprintf(stderr, "krtaskd: %s\n", line + 6);
	else
		fputs("krtaskd: " MSG_KRTASKD_ENDED "\n", stderr);
	return 1;
}

/* The daemon keeps nothing of the process that started it: no descriptor, no terminal, no directory. */
static void krtaskd_detach(struct daemon_options *daemon)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char path[4400];
	setsid();
	if (null < 0 || chdir("/"))
		_exit(EXIT_FAILURE);
	snprintf(path, sizeof(path), "%s/krtaskd.log", daemon->state);
	int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log >= 0 ? log : null, STDERR_FILENO);
	if (daemon->ready_fd >= 0 && daemon->ready_fd != 3) {
		dup2(daemon->ready_fd, 3);
		daemon->ready_fd = 3;
	}
	unsigned first = daemon->ready_fd >= 0 ? 4 : 3;
	close_range(first, ~0u, 0);
	if (daemon->ready_fd >= 0)
		fcntl(daemon->ready_fd, F_SETFD, FD_CLOEXEC);
}

static int become_daemon(struct daemon_options *daemon)
{
	int pipe_fds[2] = { -1, -1 };
	bool by_hand = daemon->ready_fd < 0;
	if (by_hand) {
		if (pipe2(pipe_fds, O_CLOEXEC))
			krtaskd_fail(strerror(errno), 1);
		daemon->ready_fd = pipe_fds[1];
	}
	pid_t pid = fork();
	if (pid < 0)
		krtaskd_fail(strerror(errno), 1);
	if (pid > 0) {
		close(pipe_fds[1]);
		return by_hand ? wait_ready(pipe_fds[0]) : 0;
	}
	krtaskd_detach(daemon);
	/* In the foreground it keeps what its supervisor has given to it. */
	shed_inheritance();
	shed_limits(); /* up to the hard ones, which may be higher now */
	return anchor_run(daemon);
}

/* Nothing can be relied on with the soft limits of whoever started this.  Tasks get those of the caller. */
static void shed_at_birth(struct daemon_options *daemon)
{
	shed_note_limits(&daemon->limits);
	shed_limits();
	signal(SIGXCPU, SIG_DFL); /* see launch_instead() */
}

/*
 * A large block is given back as soon as it is free.  By default the threshold follows the largest block that
 * was freed, and then what hostile clients once made the server hold stays with it.
 */
static void limit_heap(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	mallopt(M_TRIM_THRESHOLD, LARGE_BLOCK);
}

/*
 * A server that a task starts is no process of that task: others have their tasks there, too.  Whoever looks finds the
 * environment that this program began with, so it begins again.
 */
static void leave_task(char **argv)
{
	if (engine_leave_task())
		execv(own_path(), argv);
}

int main(int argc, char **argv)
{
	/* Static, so that what it leads to is not taken for lost when the anchor ends. */
	static struct settings settings = { .daemon = { .slots = -1,
		                                        .ready_fd = -1,
		                                        .listen_fd = -1,
		                                        .state_fd = -1,
		                                        .lock_fd = -1,
		                                        .line_fd = -1 } };
	leave_task(argv);
	shed_at_birth(&settings.daemon);
	/* Nobody else has access to files that are made here.  Tasks get the umask of the caller. */
	settings.daemon.umask = umask(077);
	read_options(&settings, argc, argv);
	settings.daemon.program = own_path();
	limit_heap();
	if (settings.mode == MODE_SERVE)
		return server_run(&settings.daemon);
	if (settings.mode == MODE_ANCHOR)
		return anchor_run(&settings.daemon);
	take_activation(&settings.daemon);
	find_places(&settings.daemon);
	return settings.daemon.foreground ? anchor_run(&settings.daemon) : become_daemon(&settings.daemon);
}
