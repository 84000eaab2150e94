/*
 * wait: waits until tasks end, also if connections are lost or the server restarts.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/hints.h"
#include "tui/cli/interrupt.h"
#include "tui/cli/last_error.h"
#include "tui/cli/pending.h"
#include "tui/cli/report.h"
#include "tui/cli/selector.h"
#include "tui/cli/several.h"
#include "tui/cli/wait.h"
#include "tui/fields/format.h"
#include "tui/fields/lookup.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"
#include "tui/text/notify.h"

struct waiting {
	struct invocation *inv;
	struct pending pending;
	bool alone;  /* it waits for one id, which must be there */
	bool single; /* the exit status is the task's own */
	bool any;    /* one that ends is enough */
	bool quiet;  /* nothing but JSON is printed */
	size_t ended, uncompleted;
	char *last;                /* owned: what became of the one that ended last */
	struct connection *beside; /* for calls meanwhile; NULL: none yet */
	int64_t deadline;          /* milliseconds of the monotonic clock; -1: none */
	bool polls;                /* first it asks what has ended, whatever the time */
};

enum {
	WAIT_POLLED = -EALREADY, /* a poll was answered, and a task has not ended */
	POLL_MS = 60000,         /* a server of an earlier version does not know polls, and says nothing */
	POLL_FAR_MS = 3000,      /* and a line to another machine may be dead */
};

static void raise_status(struct invocation *inv, int status)
{
	if (inv->status < status)
		inv->status = status;
}

/* For one task the result is its exit status.  For several it says whether all completed. */
static int wait_status_of(const struct waiting *waiting, const json_t *parameters, const char *state)
{
	const json_t *code = json_object_get(parameters, "exitCode");
	const json_t *signal = json_object_get(parameters, "signal");

	if (!waiting->single)
		return strcmp(state, "Completed") == 0 ? EXIT_DONE : EXIT_FALSE;
	if (json_is_integer(signal))
		return EXIT_SIGNAL + (int)json_integer_value(signal);
	/* What has failed with exit status 0 has reached its time limit. */
	if (json_is_integer(code) && (json_integer_value(code) != 0 || strcmp(state, "Failed") != 0))
		return (int)json_integer_value(code);
	return strcmp(state, "Completed") == 0 ? EXIT_DONE : EXIT_FALSE;
}

static void wait_as_json(struct invocation *inv, const json_t *parameters)
{
	static const char *const keys[] = { "id", "state", "exitCode", "signal" };
	struct jsonw *w = report_json(inv);

	jsonw_object(w);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const json_t *value = json_object_get(parameters, keys[i]);

		jsonw_key(w, keys[i]);
		if (i == 0 && json_is_string(value)) {
			jsonw_string(w, several_id(inv, json_string_value(value)));
			continue;
		}
		if (json_is_integer(value))
			jsonw_int(w, json_integer_value(value));
		else
			jsonw_string(w, json_string_value(value));
	}
	jsonw_end_object(w);
	report_json_end(inv);
}

/* why NULL: it is not known. */
static void show_why(struct invocation *inv, const char *id, const char *why)
{
	char *shown = cells_whole(why ? why : ""), *whole = alloc_format(MSG_LAST_ERROR, id, shown);

	if (*shown)
		report_information(inv, true, whole);
	free(whole);
	free(shown);
}

/* Only to people: why the task failed, by what it said last. */
static void show_last_error(struct waiting *waiting, const json_t *parameters, const char *id)
{
	const char *why = json_string_value(json_object_get(parameters, "statusMessage"));
	char *line, *error;

	if (!waiting->beside)
		waiting->beside = connection_beside(waiting->inv->connection);
	/* How it ended is known, and the server may have left since. */
	line = last_error_ask(waiting->beside, id, &error);
	show_why(waiting->inv, id, line ? line : why);
	free(error);
	free(line);
}

static bool shows_errors(const struct waiting *waiting, const json_t *parameters)
{
	const struct invocation *inv = waiting->inv;
	const char *why = json_string_value(json_object_get(parameters, "statusMessage"));

	if (report_is_json(inv) || inv->context->batch)
		return false;
	return isatty(STDERR_FILENO) || (run_in_foreground(inv) && format_says_more(why));
}

static void report_end(struct waiting *waiting, const json_t *parameters)
{
	struct invocation *inv = waiting->inv;
	const char *id = json_string_value(json_object_get(parameters, "id"));
	const char *state = json_string_value(json_object_get(parameters, "state"));

	if (!id || !state || !pending_take(&waiting->pending, id))
		return;
	raise_status(inv, wait_status_of(waiting, parameters, state));
	free(waiting->last);
	waiting->last = alloc_format("%s %s", several_id(inv, id), state);
	waiting->ended++;
	waiting->uncompleted += strcmp(state, "Completed") != 0;
	if (report_is_json(inv))
		wait_as_json(inv, parameters);
	else if (!waiting->quiet)
		report_line(inv, waiting->last);
	else if (run_tells_end(inv))
		fprintf(stderr, "%s\n", waiting->last);
	context_flush(inv->context);
	if (strcmp(state, "Failed") == 0 && shows_errors(waiting, parameters))
		show_last_error(waiting, parameters, id);
	else if (strcmp(state, "Stopped") == 0 && run_in_foreground(inv) && shows_errors(waiting, parameters))
		show_why(inv, id, json_string_value(json_object_get(parameters, "statusMessage")));
}

/* One of several ids is unknown: all others that are, so that the call is not made once for each. */
static void drop_unknown(struct waiting *waiting)
{
	static const char *const columns[] = { "id", NULL };
	struct invocation *inv = waiting->inv;
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;
	size_t at = 0;
	const char *id;

	jsonw_clear(w);
	lookup_begin(w, columns);
	while ((id = pending_next(&waiting->pending, &at)))
		jsonw_string(w, id);
	jsonw_end_array(w);
	jsonw_end_object(w);
	if (waiting->pending.left == 0 || client_call(inv->connection->client, "List", w, &reply))
		return;
	at = 0;
	for (size_t row = 0; !reply.error && (id = pending_next(&waiting->pending, &at)); row++) {
		if (hint_text(&reply, row))
			continue;
		pending_take(&waiting->pending, id);
		report_unknown(inv, EXIT_FALSE, id);
	}
	client_reply_release(&reply);
}

/* Handles an error reply.  0: make the call again without that id; else the result of receive_ends(). */
static int take_error(struct waiting *waiting, const struct client_reply *reply)
{
	struct invocation *inv = waiting->inv;
	const char *id = json_string_value(json_object_get(reply->parameters, "id"));

	if (strcmp(reply->error, "io.krtask.Stopping") == 0)
		return -EPIPE;
	if (strcmp(reply->error, "io.krtask.NotEnded") == 0)
		return WAIT_POLLED;
	if (strcmp(reply->error, "io.krtask.NotFound") == 0 && id && pending_take(&waiting->pending, id)) {
		report_unknown(inv, waiting->alone ? EXIT_WAIT_FAILED : EXIT_FALSE, id);
		drop_unknown(waiting);
		return 0;
	}
	report_reply_error(inv, reply);
	raise_status(inv, EXIT_WAIT_FAILED);
	return -EREMOTE;
}

static int time_left(const struct waiting *waiting)
{
	int64_t left;

	if (waiting->deadline < 0)
		return -1;
	left = waiting->deadline - connection_clock();
	if (waiting->polls)
		left += waiting->inv->connection->address.kind == ADDRESS_SSH ? POLL_FAR_MS : POLL_MS;
	return left < 0 ? 0 : left > 1000000 ? 1000000 : (int)left;
}

/*
 * Receives the replies to a Wait.  0: all came; -ETIME; -EINTR; -EPIPE: the connection is gone; -EREMOTE:
 * reported; WAIT_POLLED.
 */
static int receive_ends(struct waiting *waiting)
{
	struct client *client = waiting->inv->connection->client;
	bool more = true;

	while (more) {
		struct client_reply reply = { 0 };
		int result = interrupt_came ? -EINTR : client_receive(client, &reply, time_left(waiting));

		if (result == -EAGAIN && time_left(waiting) == 0)
			return -ETIME;
		if (result == -EAGAIN || (result == -EINTR && !interrupt_came))
			continue;
		if (result)
			return result;
		more = reply.continues;
		result = 0;
		if (reply.error)
			result = take_error(waiting, &reply);
		else
			report_end(waiting, reply.parameters);
		client_reply_release(&reply);
		if (result)
			return result;
		if (waiting->any && waiting->ended > 0)
			return 0;
	}
	return 0;
}

static int wait_once(struct waiting *waiting)
{
	const char *caller = connection_own_task(waiting->inv->connection);
	struct jsonw *w = &waiting->inv->request;
	size_t at = 0;
	const char *id;
	int result;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "ids");
	jsonw_array(w);
	while ((id = pending_next(&waiting->pending, &at)))
		jsonw_string(w, id);
	jsonw_end_array(w);
	if (caller) {
		jsonw_key(w, "caller");
		jsonw_string(w, caller);
	}
	if (waiting->polls) {
		jsonw_key(w, "poll");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
	result = client_send(waiting->inv->connection->client, "Wait", w, CLIENT_MORE);
	return result ? result : receive_ends(waiting);
}

/* The connection was lost.  0, or why it stays so: -EPIPE, -EINTR, or -ETIME. */
static int wait_reconnect(struct waiting *waiting)
{
	int result = connection_again(waiting->inv->connection);

	if (!result)
		return 0;
	if (interrupt_came)
		return -EINTR;
	return waiting->deadline >= 0 && connection_clock() >= waiting->deadline ? -ETIME : -EPIPE;
}

/* Waits until no task is left.  0, or why it cannot go on. */
static int wait_all(struct waiting *waiting)
{
	int result = 0;

	while (!result && waiting->pending.left > 0 && !(waiting->any && waiting->ended > 0)) {
		size_t before = waiting->pending.left;

		result = wait_once(waiting);
		if (result == -EPIPE)
			result = wait_reconnect(waiting);
		else if (result == WAIT_POLLED && waiting->deadline > connection_clock())
			result = waiting->polls = false;
		else if (!result && waiting->pending.left == before)
			result = -EPROTO; /* without progress this loop would not end */
	}
	return result;
}

static void report_why(struct waiting *waiting, int why)
{
	struct invocation *inv = waiting->inv;
	size_t at = 0, others = waiting->pending.left - 1;
	const char *next = pending_next(&waiting->pending, &at), *first = next ? next : "";

	if (why == WAIT_POLLED)
		why = -ETIME;
	if (why == -ETIME && others == 0)
		report_error(inv, EXIT_TIMEOUT, MSG_WAIT_TIMEOUT, first, inv->args.timeout);
	else if (why == -ETIME)
		report_error(inv, EXIT_TIMEOUT, MSG_WAIT_TIMEOUT_MORE, first, others, inv->args.timeout);
	else if (why == -EINTR)
		inv->status = EXIT_SIGNAL + SIGINT;
	else if (why != -EREMOTE)
		report_error(inv, EXIT_WAIT_FAILED, MSG_SERVER_UNREACHABLE_WHY,
		             client_error(inv->connection->client));
	if (why == -ETIME)
		inv->status = EXIT_TIMEOUT;
}

/* Of one task its name and state, of several how many ended. */
static void tell_terminal(struct waiting *waiting)
{
	char *text;

	if (waiting->ended == 0)
		return;
	if (waiting->ended > 1)
		text = alloc_format(MSG_TASKS_ENDED, waiting->ended, waiting->uncompleted);
	else
		text = alloc_format(MSG_TASK_ENDED, waiting->last);
	notify_terminal("krtask", text);
	free(text);
}

/* As far as it comes; the exit status is set. */
static void wait_do(struct waiting *waiting)
{
	struct invocation *inv = waiting->inv;
	struct connection *connection = inv->connection;
	int why;

	connection->lasting = true;
	connection->deadline = waiting->deadline > 0 ? waiting->deadline : 0;
	why = wait_all(waiting);
	connection->deadline = 0;
	if (why)
		report_why(waiting, why);
	else if (inv->args.notify)
		tell_terminal(waiting);
	/* The call is still open at the server, and would delay later calls on the connection. */
	if (inv->context->batch && waiting->pending.left > 0 && why != -EREMOTE && why != WAIT_POLLED)
		connection_again(inv->connection);
	if (waiting->beside)
		connection_release(waiting->beside);
	free(waiting->last);
	pending_release(&waiting->pending);
}

void wait_in_foreground(struct invocation *inv, const char *id)
{
	struct waiting waiting = { .inv = inv, .deadline = -1, .alone = true, .single = true, .quiet = true };

	pending_expect(&waiting.pending, 1);
	pending_add(&waiting.pending, &(struct word){ .text = id });
	wait_do(&waiting);
}

static const struct several_how wait_of_several = { .run = wait_run, .lines = true, .names = true };

static bool wait_is_alone(const struct invocation *inv)
{
	return !inv->context->part || inv->context->part->alone;
}

void wait_run(struct invocation *inv)
{
	struct waiting waiting = { .inv = inv, .deadline = -1, .any = inv->args.any };
	struct interrupt before;

	if (several_given(inv)) {
		several_run(inv, &wait_of_several);
		return;
	}
	if (!selector_find(inv) || !invocation_connect(inv))
		return;
	pending_expect(&waiting.pending, inv->args.operands.count);
	for (size_t i = 0; i < inv->args.operands.count; i++)
		pending_add(&waiting.pending, &inv->args.operands.items[i]);
	hint_not_started(inv, &waiting.pending.ids);
	if (inv->status == EXIT_WAIT_FAILED) {
		pending_release(&waiting.pending);
		return;
	}
	waiting.alone = waiting.pending.left == 1 && !selector_given(inv) && wait_is_alone(inv);
	waiting.single = waiting.any || waiting.alone;
	if (arguments_given(&inv->args, OPT_TIMEOUT))
		waiting.deadline = connection_clock() + (int64_t)(inv->args.timeout * 1000);
	waiting.polls = waiting.deadline >= 0;
	interrupt_catch(&before);
	wait_do(&waiting);
	inv->interrupted = interrupt_came;
	inv->halted |= inv->interrupted;
	interrupt_release(&before);
}
