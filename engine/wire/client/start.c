/*
 * Starts a server.  krtaskd gets no terminal, and inherits only one descriptor: a pipe, on which it reports
 * one line:
 *
 *     ready              it listens on the socket that it was given
 *     held SOCKETPATH    another server has the state directory, and listens there
 *     error MESSAGE      it could not start
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/task/duration.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/wire/client/connect.h"
#include "engine/wire/client/patience.h"

enum {
	READY_FD = 3,
	FIRST_SPARE_FD, /* our own descriptors are at least this, so that 0 to READY_FD are free */
	PATIENCE_MS = 30000,
	LINE_MAX_BYTES = 4096,
	EXEC_FAILED = 127,
};

static atomic_uint start_slots;
static atomic_llong start_hook_limit; /* milliseconds */
static const char *installed;         /* see client_set_installed() */

void client_set_installed(const char *path)
{
	installed = path;
}

void client_set_start_hook_limit(int64_t milliseconds)
{
	atomic_store(&start_hook_limit, milliseconds);
}

void client_set_start_slots(unsigned slots)
{
	atomic_store(&start_slots, slots);
}

/* Returns path if it can be run.  Otherwise adds it to the list of those tried.  Takes over path. */
static char *try_program(char *path, char **tried)
{
	char *list;

	if (!path || access(path, X_OK) == 0)
		return path;
	if (asprintf(&list, "%s%s'%s'", *tried ? *tried : "", *tried ? ", " : "", path) >= 0) {
		free(*tried);
		*tried = list;
	}
	free(path);
	return NULL;
}

/* krtaskd in the directory of this program. */
static char *beside_us(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash, *result;

	if (length < 0)
		return NULL;
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	return asprintf(&result, "%s/krtaskd", path) < 0 ? NULL : result;
}

static char *on_path(void)
{
	const char *path = getenv("PATH");
	char *result;

	for (const char *end; path && *path; path = *end ? end + 1 : end) {
		end = strchrnul(path, ':');
		if (end == path)
			continue;
		if (asprintf(&result, "%.*s/krtaskd", (int)(end - path), path) < 0)
			return NULL;
		if (access(result, X_OK) == 0)
			return result;
		free(result);
	}
	return NULL;
}

char *client_krtaskd(char **error)
{
	const char *given = getenv("KRTASKD");
	char *tried = NULL, *found;

	if (given && *given) {
		found = try_program(strdup(given), &tried);
		if (!found)
			(void)error_replace(error, 0, MSG_KRTASKD_GIVEN, given, strerror(errno));
		free(tried);
		return found;
	}
	found = try_program(beside_us(), &tried);
	if (!found && installed)
		found = try_program(strdup(installed), &tried);
	if (!found)
		found = on_path();
	if (!found && tried)
		(void)error_replace(error, 0, MSG_KRTASKD_NOT_FOUND, tried);
	else if (!found)
		(void)error_replace(error, 0, MSG_KRTASKD_NOT_ON_PATH);
	free(tried);
	return found;
}

/* Runs in the child, after fork(2).  It does only what signal-safety(7) allows. */
static void run_krtaskd(const char *program, char *const *words, int null, int ready)
{
	static const char line[] = "error " MSG_KRTASKD_NOT_EXECUTED "\n";
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &standard, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0 ||
	    dup2(ready, READY_FD) < 0)
		_exit(EXEC_FAILED);
	(void)close_range(READY_FD + 1, ~0U, 0);
	execv(program, words);
	(void)!write(READY_FD, line, sizeof(line) - 1);
	_exit(EXEC_FAILED);
}

/*
 * Reads the first line from fd, without its newline.  If the input ends before a newline, the line is what
 * was read. 0, -ETIMEDOUT after PATIENCE_MS, or another -errno.
 */
static int read_line_of(int fd, const char *server, char line[LINE_MAX_BYTES])
{
	int64_t deadline = connect_now() + PATIENCE_MS;
	struct patience_wait wait = { MSG_START_AWAITED, server, PATIENCE_START_MS, 0 };
	size_t length = 0;

	while (length < LINE_MAX_BYTES - 1) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		int ready = patience_poll(&poll_fd, deadline, &wait);
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return ready < 0 ? -errno : -ETIMEDOUT;
		n = read(fd, line + length, LINE_MAX_BYTES - 1 - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		length += (size_t)n;
		if (memchr(line, '\n', length))
			break;
	}
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

/* Evaluates the line that krtaskd reported. */
static int take_word(const struct address *address, const char *line, char **socket, char **error)
{
	static const char held[] = "held ", failed[] = "error ";

	if (strcmp(line, "ready") == 0)
		*socket = strdup(address->socket);
	else if (strncmp(line, held, strlen(held)) == 0)
		*socket = strdup(line + strlen(held));
	else if (strncmp(line, failed, strlen(failed)) == 0)
		return error_replace(error, -ECONNABORTED, MSG_SERVER_NOT_STARTED, address->name,
		                     line + strlen(failed));
	else
		return error_replace(error, -ECONNABORTED, MSG_SERVER_NOT_STARTED, address->name,
		                     MSG_KRTASKD_ENDED);
	return *socket ? 0 : error_replace(error, -ENOMEM, "%s", strerror(ENOMEM));
}

/* Runs krtaskd, and waits for the line that it reports. */
static int run_and_listen(const struct address *address, const char *program, char *const *words, int null,
                          int ready[2], char **socket, char **error)
{
	char line[LINE_MAX_BYTES];
	pid_t pid = fork();
	int result;

	if (pid == 0)
		run_krtaskd(program, words, null, ready[1]);
	close(ready[1]);
	ready[1] = -1;
	if (pid < 0)
		return error_replace(error, -EAGAIN, MSG_KRTASKD_FAILED, strerror(EAGAIN));
	result = read_line_of(ready[0], address->name, line);
	if (result < 0)
		return error_replace(error, result, MSG_SERVER_NOT_STARTED, address->name,
		                     MSG_KRTASKD_SILENT);
	/* krtaskd has put itself into the background, so this process ends at once. */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return take_word(address, line, socket, error);
}

/* Moves a descriptor to FIRST_SPARE_FD or higher. */
static int spare_descriptor(int fd)
{
	int result = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FIRST_SPARE_FD);

	if (fd >= 0)
		close(fd);
	return result;
}

static int launch_server(const struct address *address, const char *program, char **socket, char **error)
{
	char ready_number[16], slots[16], hook_limit[DURATION_SIZE];
	char *words[] = { "krtaskd", "--name",       address->name, "--socket",   address->socket,
		          "--state", address->state, "--ready-fd",  ready_number, NULL,
		          NULL,      NULL,           NULL,          NULL };
	int ready[2] = { -1, -1 }, null, result, count = 9;

	(void)snprintf(ready_number, sizeof(ready_number), "%d", READY_FD);
	if (atomic_load(&start_slots) > 0) {
		(void)snprintf(slots, sizeof(slots), "%u", atomic_load(&start_slots));
		words[count++] = "--slots";
		words[count++] = slots;
	}
	if (atomic_load(&start_hook_limit) > 0) {
		words[count++] = "--hook-limit";
		words[count] = (char *)duration_write(atomic_load(&start_hook_limit), hook_limit);
	}
	null = spare_descriptor(open("/dev/null", O_RDWR | O_CLOEXEC));
	if (null >= 0 && pipe2(ready, O_CLOEXEC) == 0) {
		ready[0] = spare_descriptor(ready[0]);
		ready[1] = spare_descriptor(ready[1]);
	}
	if (null < 0 || ready[0] < 0 || ready[1] < 0)
		result = error_replace(error, -errno, MSG_KRTASKD_FAILED, strerror(errno));
	else
		result = run_and_listen(address, program, words, null, ready, socket, error);
	for (int i = 0; i < 2; i++)
		if (ready[i] >= 0)
			close(ready[i]);
	if (null >= 0)
		close(null);
	return result;
}

/* Makes and checks STATE and STATE/NAME. */
static int secure_state(const struct address *address, char **error)
{
	char *directory = strndup(address->state, (size_t)(strrchr(address->state, '/') - address->state));
	int result = directory ? address_secure_directory(directory, error)
	                       : error_replace(error, -ENOMEM, "%s", strerror(ENOMEM));

	free(directory);
	return result < 0 ? result : address_secure_directory(address->state, error);
}

int start_server(const struct address *address, char **socket, char **error)
{
	int result = secure_state(address, error);
	char *program;

	if (result < 0)
		return result;
	program = client_krtaskd(error);
	if (!program)
		return -ENOEXEC;
	result = launch_server(address, program, socket, error);
	free(program);
	return result;
}
