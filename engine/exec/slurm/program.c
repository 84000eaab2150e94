#include "config.h"

#include "engine/exec/slurm/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/run/process.h"
#include "engine/task/messages.h"

enum { PROGRAM_EXTRA_FD = 9, PROGRAM_OUTPUT_MAX = 64 << 20 };

/* waitid(2): only children of this thread; the C library does not name it. */
enum { PROGRAM_OWN_THREAD = 0x20000000 };

/* What the programs need of the server's environment. */
static const char *const program_variables[] = { "PATH", "HOME", "USER", "LOGNAME", "SLURM_CONF" };

enum { PROGRAM_VARIABLES = sizeof(program_variables) / sizeof(*program_variables) };

struct program_text {
	char *bytes;
	size_t length, size;
	bool failed;
};

static int64_t program_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A memory file, to be read from its beginning.  -1: there is none. */
static int program_file(const char *bytes, size_t length)
{
	int fd = memfd_create("krtask", MFD_CLOEXEC);
	for (size_t at = 0; fd >= 0 && at < length;) {
		ssize_t written = write(fd, bytes + at, length - at);
		if (written <= 0) {
			close(fd);
			return -1;
		}
		at += (size_t)written;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static void program_free_environment(char **environment)
{
	for (size_t i = 0; environment && environment[i]; i++)
		free(environment[i]);
	free(environment);
}

static char **program_environment(void)
{
	char **environment = calloc(PROGRAM_VARIABLES + 2, sizeof(*environment));
	size_t count = 0;
	for (size_t i = 0; environment && i < PROGRAM_VARIABLES; i++) {
		const char *value = getenv(program_variables[i]);
		if (value && asprintf(&environment[count], "%s=%s", program_variables[i], value) < 0) {
			environment[count] = NULL;
			program_free_environment(environment);
			return NULL;
		}
		count += value != NULL;
	}
	if (environment)
		environment[count] = strdup("LC_ALL=C");
	if (environment && !environment[count]) {
		program_free_environment(environment);
		return NULL;
	}
	return environment;
}

static int program_add_actions(posix_spawn_file_actions_t *actions, int input, int extra, int output,
                               int error)
{
	int code = posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
	if (!code)
		code = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
	if (!code)
		code = posix_spawn_file_actions_adddup2(actions, error, STDERR_FILENO);
	if (!code && extra >= 0)
		code = posix_spawn_file_actions_adddup2(actions, extra, PROGRAM_EXTRA_FD);
	return code;
}

static int program_set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	int code = posix_spawnattr_setsigmask(attributes, &none);
	if (!code)
		code = posix_spawnattr_setsigdefault(attributes, &all);
	if (!code)
		code = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
		                                                    POSIX_SPAWN_SETSID);
	return code;
}

/* 0 or -errno. */
static int program_spawn(struct program *program, pid_t *pid, const int pipes[2])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char path[4096], **arguments = strings_vector(&program->arguments, 0);
	char **environment = program_environment();
	int input = program_file(program->input ? program->input : "",
	                         program->input ? strlen(program->input) : 0);
	int extra = program->extra ? program_file(program->extra, program->extra_length) : -1;
	bool possible = arguments && environment && input >= 0 && (extra >= 0 || !program->extra);
	snprintf(path, sizeof(path), "%s%s%s", program->directory ? program->directory : "",
	         program->directory ? "/" : "", program->arguments.block ? program->arguments.block : "");
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	int code = possible ? program_add_actions(&actions, input, extra, pipes[0], pipes[1]) : ENOMEM;
	if (!code)
		code = program_set_attributes(&attributes);
	if (!code)
		code = (program->directory ? posix_spawn : posix_spawnp)(pid, path, &actions, &attributes,
		                                                         arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free(arguments);
	program_free_environment(environment);
	if (input >= 0)
		close(input);
	if (extra >= 0)
		close(extra);
	return -code;
}

/* False: the end of the file. */
static bool program_take(int fd, struct program_text *text)
{
	char bytes[16384];
	ssize_t count = read(fd, bytes, sizeof(bytes));
	if (count <= 0)
		return count < 0 && (errno == EINTR || errno == EAGAIN);
	if (text->length + (size_t)count + 1 > text->size) {
		size_t size = 2 * (text->length + (size_t)count + 1);
		char *grown = size > PROGRAM_OUTPUT_MAX ? NULL : realloc(text->bytes, size);
		text->failed |= !grown;
		if (!grown)
			return true;
		text->bytes = grown;
		text->size = size;
	}
	memcpy(text->bytes + text->length, bytes, (size_t)count);
	text->length += (size_t)count;
	text->bytes[text->length] = '\0';
	return true;
}

enum { PROGRAM_OUT, PROGRAM_ERR, PROGRAM_OVER, PROGRAM_STOP, PROGRAM_POLLED };

/*
 * True: it has ended, or has closed both where its end cannot be awaited.  False: it must not go on.  What it has left behind,
 * as an ssh that others share stays, may hold both open.
 */
static bool program_read(const struct program *program, int process, const int fds[2],
                         struct program_text texts[2])
{
	struct pollfd polled[PROGRAM_POLLED] = { [PROGRAM_OUT] = { .fd = fds[0], .events = POLLIN },
		                                 [PROGRAM_ERR] = { .fd = fds[1], .events = POLLIN },
		                                 [PROGRAM_OVER] = { .fd = process, .events = POLLIN },
		                                 [PROGRAM_STOP] = { .fd = program->stop, .events = POLLIN } };
	int64_t until =
		program_clock() + (program->timeout_ms > 0 ? program->timeout_ms : PROGRAM_TIMEOUT_MS);
	while (polled[PROGRAM_OUT].fd >= 0 || polled[PROGRAM_ERR].fd >= 0 || process >= 0) {
		int64_t left = until - program_clock();
		int ready = left > 0 ? poll(polled, PROGRAM_POLLED, (int)left) : 0;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0 || polled[PROGRAM_STOP].revents)
			return false;
		/* What it wrote before it ended is here by now. */
		if (polled[PROGRAM_OVER].revents && !polled[PROGRAM_OUT].revents &&
		    !polled[PROGRAM_ERR].revents)
			return true;
		for (int i = 0; i < 2; i++) {
			if (polled[i].revents && !program_take(fds[i], &texts[i]))
				polled[i].fd = -1;
		}
	}
	return true;
}

/* Slurm could not be asked; it may have been asked all the same. */
static bool program_is_silence(const char *text)
{
	static const char *const silences[] = {
		"Unable to contact slurm controller",
		"Connection refused",
		"Socket timed out",
		"Zero Bytes were transmitted",
		"Transport endpoint is not connected",
		"Insane message length",
		"Invalid authentication credential",
		"Slurm backup controller in standby mode",
		"temporarily unable",
		"Communication connection failure",
		"Message receive failure",
		"Unexpected message received",
		"Job update not available right now",
	};
	for (size_t i = 0; i < sizeof(silences) / sizeof(*silences); i++) {
		if (strstr(text, silences[i]))
			return true;
	}
	return false;
}

static const char *program_after(const char *line, size_t length, const char *mark)
{
	const char *at = memmem(line, length, mark, strlen(mark));
	return at ? at + strlen(mark) : NULL;
}

/* What follows the name of the program, as in "sbatch: ".  NULL: the line does not begin with it. */
static const char *program_after_name(const char *line, size_t length, const char *name)
{
	size_t name_length = strlen(name);
	if (length <= name_length || strncmp(line, name, name_length) != 0 || line[name_length] != ':')
		return NULL;
	return line + name_length + 1 + strspn(line + name_length + 1, " ");
}

/* How much a line says of why it failed.  0: it is empty. */
static int program_weigh(const char *line, size_t length, const char *name)
{
	if (program_after(line, length, "fatal: ") ||
	    program_after(line, length, "Batch job submission failed"))
		return 4;
	if (program_after(line, length, "error: "))
		return 3;
	/* A line without the name follows another one, as a hint at its help does. */
	if (program_after_name(line, length, name))
		return 2;
	return strspn(line, " \t\r") < length;
}

/*
 * "sbatch: error: Batch job submission failed: Invalid partition name specified": the last line that says why it gave
 * up, from its mark on.  What is said before that need not be the reason.
 */
static void program_explain(struct program *program, const char *text)
{
	const char *best = "", *name = program->arguments.block;
	size_t best_length = 0, length;
	int most = 1;
	for (const char *line = text; *line; line += length + (line[length] == '\n')) {
		length = strcspn(line, "\n");
		int weight = program_weigh(line, length, name);
		if (weight < most)
			continue;
		most = weight;
		best = line;
		best_length = length;
	}
	const char *end = best + best_length;
	const char *from = program_after(best, best_length, "fatal: ");
	if (!from)
		from = program_after(best, best_length, "error: ");
	if (from)
		best = from;
	const char *rest = program_after_name(best, (size_t)(end - best), name);
	if (rest)
		best = rest;
	snprintf(program->error, sizeof(program->error), "%.*s", (int)(end - best), best);
}

static enum program_result program_end(struct program *program, pid_t pid, bool whole,
                                       const struct program_text texts[2])
{
	siginfo_t info = { 0 };
	int code;
	/* A wrapper has begun others, and all of them are in its session. */
	if (!whole)
		kill(-pid, SIGKILL);
	do
		code = waitid(P_PID, (id_t)pid, &info, WEXITED | PROGRAM_OWN_THREAD);
	while (code < 0 && errno == EINTR);
	program->output = texts[0].bytes;
	const char *said = texts[1].bytes ? texts[1].bytes : "";
	if (!whole || code < 0 || info.si_code != CLD_EXITED || texts[0].failed)
		return PROGRAM_SILENT;
	if (info.si_status == 0)
		return PROGRAM_DONE;
	if (program_is_silence(said))
		return PROGRAM_SILENT;
	program_explain(program, said);
	if (!*program->error)
		snprintf(program->error, sizeof(program->error), MSG_EXITED_WITH, info.si_status);
	return PROGRAM_REFUSED;
}

enum program_result program_run(struct program *program)
{
	int output[2] = { -1, -1 }, error[2] = { -1, -1 };
	struct program_text texts[2] = { { .bytes = NULL }, { .bytes = NULL } };
	pid_t pid = 0;
	struct pollfd stop = { .fd = program->stop, .events = POLLIN };
	/* What waits while the executor closes is not begun. */
	if (poll(&stop, 1, 0) > 0)
		return PROGRAM_SILENT;
	int code = pipe2(output, O_CLOEXEC) || pipe2(error, O_CLOEXEC) ? -errno : 0;
	if (!code)
		code = program_spawn(program, &pid, (const int[2]){ output[1], error[1] });
	if (output[1] >= 0)
		close(output[1]);
	if (error[1] >= 0)
		close(error[1]);
	enum program_result result = PROGRAM_MISSING;
	if (code) {
		snprintf(program->error, sizeof(program->error), MSG_SLURM_MISSING,
		         program->arguments.block ? program->arguments.block : "", strerror(-code));
	} else {
		int process = process_pidfd(pid);
		bool whole = program_read(program, process, (const int[2]){ output[0], error[0] }, texts);
		result = program_end(program, pid, whole, texts);
		if (process >= 0)
			close(process);
	}
	if (output[0] >= 0)
		close(output[0]);
	if (error[0] >= 0)
		close(error[0]);
	free(texts[1].bytes);
	return result;
}

void program_release(struct program *program)
{
	strings_release(&program->arguments);
	free(program->output);
	program->output = NULL;
}
