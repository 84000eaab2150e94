#include "tui/cli/several.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/wire/client/known.h"
#include "tui/cli/chosen.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/cli/table.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"
#include "tui/text/text.h"

enum {
	SEVERAL_CONNECTING = 8,
	SEVERAL_PATIENCE_MS =
		1000, /* those that are there are shown without the others when these say nothing so long */
	SEVERAL_CHUNK = 1 << 16,
	SEVERAL_NAMED = 5, /* tasks, in a question */
};

/* A server, and its process. */
struct several_server {
	const char *address; /* as it was given */
	const char *label;
	struct words ids;   /* for it */
	pid_t pid;          /* 0: not started; -1: it has ended */
	int out, connected; /* our ends of its pipes; -1: it has closed its own */
	int written;
	struct text text;
	bool idle;  /* there is nothing for it to do */
	bool taken; /* its output was printed */
	bool spoke; /* and there was some */
};

struct several {
	struct invocation *inv;
	const struct several_how *how;
	struct chosen chosen;
	struct several_server *list;
	size_t count, next; /* the next one to start */
	size_t busy;        /* those that have something to do */
	bool headed, stopped;
};

static bool several_expand(struct several *several)
{
	struct invocation *inv = several->inv;
	char *error = NULL;

	if (chosen_find(&several->chosen, &inv->args.servers, KNOWN_ALL, &error)) {
		report_error(inv, EXIT_USAGE, "%s", error);
		free(error);
		return false;
	}
	several->count = several->chosen.count;
	several->list = alloc_zero(several->count, sizeof(*several->list));
	for (size_t i = 0; i < several->count; i++)
		several->list[i] = (struct several_server){ .address = several->chosen.items[i].given,
			                                    .label = several->chosen.items[i].label,
			                                    .out = -1,
			                                    .connected = -1,
			                                    .written = -1 };
	return true;
}

/* The server that the id names; NULL: none. */
static struct several_server *several_of(const struct several *several, const char *id)
{
	for (size_t i = 0; i < several->count; i++) {
		if (several_is_of(id, several->list[i].label))
			return &several->list[i];
	}
	return NULL;
}

/* Gives each server the ids that are for it. */
static bool several_share(struct several *several)
{
	struct invocation *inv = several->inv;
	const struct words *ids = &inv->args.operands;

	for (size_t i = 0; i < ids->count; i++) {
		const char *id = ids->items[i].text;
		struct several_server *server = several_of(several, id);

		if (server) {
			words_add_text(&server->ids, strrchr(id, ':') + 1);
		} else if (strchr(id, ':')) {
			report_error(inv, EXIT_FALSE, MSG_TASK_NOT_FOUND, id);
			if (several->how->nowhere)
				several->how->nowhere(several->how->ctx, i);
		} else if (several->how->names && several->count > 0) {
			invocation_blame(inv, id);
			report_error(inv, EXIT_USAGE, MSG_SERVERS_ID, id, several->list[0].label, id);
			return false;
		} else {
			for (size_t k = 0; k < several->count; k++)
				words_add_text(&several->list[k].ids, id);
		}
	}
	for (size_t i = 0; i < several->count; i++)
		several->list[i].idle = ids->count > 0 && several->list[i].ids.count == 0;
	return true;
}

/* In the process of a server. */
static _Noreturn void several_be(struct several *several, struct several_server *server, const int *out,
                                 const int *connected, const int *written)
{
	struct invocation *inv = several->inv;
	struct several_part part = { .label = server->label,
		                     .ids = &server->ids,
		                     .connected = connected[1],
		                     .written = written[0],
		                     .terminal = isatty(STDOUT_FILENO),
		                     .alone = several->busy == 1 };
	size_t terminal = table_terminal(STDOUT_FILENO);

	close(out[0]);
	close(connected[0]);
	close(written[1]);
	if (!several->how->in_turn) {
		int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

		table_set_screen(terminal);
		dup2(nothing, STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
	}
	close(out[1]);
	for (size_t i = 0; i < several->count; i++) {
		if (several->list[i].out >= 0)
			close(several->list[i].out);
		if (several->list[i].written >= 0)
			close(several->list[i].written);
	}
	inv->context->part = &part;
	inv->context->connections = NULL; /* those of the process before */
	inv->connection = NULL;
	inv->args.server = server->address;
	inv->args.operands = server->ids;
	inv->status = 0;
	several->how->run(inv);
	_exit(context_finish(inv->context, inv->status));
}

/* It ends with the one that began it, however that ends: nobody would read what it prints. */
static void several_depend(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FALSE);
}

static void several_start(struct several *several, struct several_server *server)
{
	int out[2], connected[2], written[2];
	pid_t parent = getpid();

	context_flush(several->inv->context);
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(connected, O_CLOEXEC) < 0 || pipe2(written, O_CLOEXEC) < 0)
		alloc_failed();
	server->pid = fork();
	if (server->pid < 0)
		alloc_failed();
	if (server->pid == 0) {
		several_depend(parent);
		several_be(several, server, out, connected, written);
	}
	close(out[1]);
	close(connected[1]);
	close(written[0]);
	server->out = out[0];
	server->connected = connected[0];
	server->written = written[1];
}

/* Starts as many as may connect at once. */
static void several_start_due(struct several *several)
{
	size_t connecting = 0;

	for (size_t i = 0; i < several->next; i++)
		connecting += several->list[i].connected >= 0;
	for (; several->next < several->count && connecting < SEVERAL_CONNECTING && !several->stopped;
	     several->next++) {
		struct several_server *server = &several->list[several->next];

		if (server->idle) {
			server->taken = true;
			continue;
		}
		several_start(several, server);
		connecting++;
	}
}

static void several_print(struct several *several, struct several_server *server, const char *bytes,
                          size_t length)
{
	const struct several_how *how = several->how;
	struct several_part part = { .index = (size_t)(server - several->list),
		                     .label = server->label,
		                     .ids = &server->ids,
		                     .connected = -1,
		                     .written = -1 };

	if (length == 0)
		return;
	if (how->take) {
		how->take(how->ctx, &part, bytes, length);
		return;
	}
	if (how->heads && several->headed) {
		const char *end = memchr(bytes, '\n', length);
		size_t heading = end ? (size_t)(end - bytes) + 1 : length;

		bytes += heading;
		length -= heading;
	}
	several->headed = server->spoke = true;
	report_raw(several->inv, bytes, length);
}

/* Its output has ended, or it has: what it printed is complete. */
static void several_end(struct several *several, struct several_server *server)
{
	int status = 0, code;

	if (server->written >= 0)
		close(server->written);
	server->written = -1;
	if (server->pid <= 0)
		return;
	while (waitpid(server->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	server->pid = -1;
	code = WIFEXITED(status) ? WEXITSTATUS(status) : several->stopped ? 0 : EXIT_FALSE;
	if (several->inv->status < code)
		several->inv->status = code;
	if (several->inv->args.any && server->spoke) {
		several->inv->status = code; /* of the one that has ended */
		several->stopped = true;
	}
}

/* It may have ended, which is no matter. */
static void several_tell_written(const struct several_server *server)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;

	sigaction(SIGPIPE, &ignore, &before);
	(void)!write(server->written, "", 1);
	sigaction(SIGPIPE, &before, NULL);
}

/* Prints those that are complete, in order, and tells them so. */
static void several_flush(struct several *several)
{
	bool any = false;

	for (size_t i = 0; i < several->next; i++) {
		struct several_server *server = &several->list[i];

		if (server->taken || server->out >= 0)
			continue;
		several_print(several, server, server->text.data ? server->text.data : "",
		              server->text.length);
		text_release(&server->text);
		server->text = (struct text)TEXT_INIT;
		server->taken = any = true;
	}
	if (any && several->how->flush)
		several->how->flush(several->how->ctx);
	context_flush(several->inv->context);
	for (size_t i = 0; i < several->next; i++) {
		struct several_server *server = &several->list[i];

		if (server->taken && server->written >= 0 && !several->inv->context->output_failed)
			several_tell_written(server);
		if (server->taken && !server->idle)
			several_end(several, server);
	}
}

/* Whole lines, as they come. */
static void several_pass_lines(struct several *several, struct several_server *server)
{
	const char *end = server->text.length ? memrchr(server->text.data, '\n', server->text.length) : NULL;
	size_t length = end ? (size_t)(end - server->text.data) + 1 : 0;

	several_print(several, server, server->text.data, length);
	if (length == 0)
		return;
	memmove(server->text.data, server->text.data + length, server->text.length - length);
	server->text.length -= length;
	context_flush(several->inv->context);
}

static void several_read(struct several *several, struct several_server *server)
{
	char bytes[SEVERAL_CHUNK];
	ssize_t count = read(server->out, bytes, sizeof(bytes));

	if (count < 0 && errno == EINTR)
		return;
	if (count > 0) {
		text_add(&server->text, bytes, (size_t)count);
		if (several->how->lines)
			several_pass_lines(several, server);
		return;
	}
	close(server->out);
	server->out = -1;
}

/* Until something comes.  False: nothing did for so long that those that are there are shown. */
static bool several_await(struct several *several, int timeout)
{
	struct pollfd *fds = alloc_zero(2 * several->next + 1, sizeof(*fds));
	nfds_t count = 0;
	int ready;

	for (size_t i = 0; i < several->next; i++) {
		fds[count++] = (struct pollfd){ .fd = several->list[i].out, .events = POLLIN };
		fds[count++] = (struct pollfd){ .fd = several->list[i].connected, .events = POLLIN };
	}
	ready = poll(fds, count, timeout);
	for (size_t i = 0; ready > 0 && i < several->next; i++) {
		struct several_server *server = &several->list[i];

		if (server->out >= 0 && fds[2 * i].revents)
			several_read(several, server);
		if (server->connected >= 0 && fds[2 * i + 1].revents) {
			close(server->connected);
			server->connected = -1;
		}
	}
	free(fds);
	return ready != 0;
}

/* How many print still, and whether what others printed is to be shown. */
static size_t several_open(const struct several *several, bool *waiting)
{
	size_t open = several->stopped ? 0 : several->count - several->next;

	*waiting = false;
	for (size_t i = 0; i < several->next; i++) {
		const struct several_server *server = &several->list[i];

		open += server->out >= 0;
		*waiting |= server->out < 0 && !server->taken;
	}
	return open;
}

static void several_stop(struct several *several)
{
	for (size_t i = 0; i < several->next; i++) {
		if (several->list[i].pid > 0)
			(void)kill(several->list[i].pid, SIGTERM);
	}
}

/* Milliseconds to wait for more. */
static int several_wait(struct several *several, bool waiting)
{
	const struct several_how *how = several->how;
	int turn = how->turn && !several->stopped ? how->turn(how->ctx, several->busy) : -1;

	several->stopped |= how->turn && turn < 0;
	if (waiting)
		return how->lines ? 0 : SEVERAL_PATIENCE_MS;
	return turn;
}

static void several_gather(struct several *several)
{
	bool waiting;

	several_start_due(several);
	while (several_open(several, &waiting) > 0) {
		int wait = several_wait(several, waiting);

		if (several->stopped)
			several_stop(several);
		if (!several_await(several, wait))
			several_flush(several);
		several_start_due(several);
	}
	several_flush(several);
}

static void several_in_turn(struct several *several)
{
	for (; several->next < several->count; several->next++) {
		struct several_server *server = &several->list[several->next];

		if (server->idle)
			continue;
		several_start(several, server);
		close(server->connected);
		server->connected = -1;
		close(server->out);
		server->out = -1;
		several_end(several, server);
	}
}

/* What a question is about: few tasks are named, or else their servers.  malloc'ed. */
static char *several_target(const struct several *several, size_t tasks)
{
	bool named = tasks <= SEVERAL_NAMED;
	struct text names = TEXT_INIT;
	char *target;

	for (size_t i = 0; i < several->count; i++) {
		const struct several_server *server = &several->list[i];

		if (!server->idle && !named)
			candidates_list(&names, "", server->label);
		for (size_t k = 0; named && k < server->ids.count; k++) {
			char *id = alloc_format("%s:%s", server->label, server->ids.items[k].text);

			candidates_list(&names, "", id);
			free(id);
		}
	}
	if (tasks == 1)
		target = alloc_string(names.data);
	else if (named)
		target = alloc_format(MSG_SERVERS_NAMED, tasks, names.data);
	else if (several->busy == 1)
		target = alloc_format(MSG_SERVERS_ALONE, tasks, names.data);
	else
		target = alloc_format(MSG_SERVERS_TASKS, tasks, several->busy, names.data);
	text_release(&names);
	return target;
}

/* Asks the user, if there is more than one. */
static bool several_agree(struct several *several)
{
	const struct several_how *how = several->how;
	size_t tasks = 0;
	char *target;
	bool good;

	for (size_t i = 0; i < several->count; i++) {
		several->busy += !several->list[i].idle;
		tasks += several->list[i].ids.count;
	}
	if (!how->agree || tasks == 0 || (several->busy == 1 && !how->found))
		return true;
	target = several_target(several, tasks);
	good = how->agree(several->inv, target, tasks == 1);
	free(target);
	return good;
}

void several_run(struct invocation *inv, const struct several_how *how)
{
	struct several several = { .inv = inv, .how = how };

	if (several_expand(&several) && several_share(&several) && several_agree(&several)) {
		if (how->in_turn)
			several_in_turn(&several);
		else
			several_gather(&several);
	}
	for (size_t i = 0; i < several.count; i++) {
		words_release(&several.list[i].ids);
		text_release(&several.list[i].text);
	}
	free(several.list);
	chosen_release(&several.chosen);
}
