/*
 * log: what tasks wrote so far, or until they end.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/hints.h"
#include "tui/cli/output.h"
#include "tui/cli/report.h"
#include "tui/cli/selector.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"

/* One stream that is followed, on a connection of its own: a call that goes on holds up those behind it. */
struct follower {
	struct sink *sink;
	struct connection *connection; /* the invocation's own for the first one */
	bool over;
};

struct following {
	struct invocation *inv;
	struct follower *list;
	size_t count, left;
	const char *shown; /* the last title */
};

static int follower_begin(struct follower *follower)
{
	struct jsonw *w = &follower->sink->inv->request;

	sink_request(follower->sink, w, true);
	return client_send(follower->connection->client, "Log", w, CLIENT_MORE);
}

/* As tail(1) has it: where another task's turn comes. */
static void following_head(struct following *following, const char *title)
{
	struct invocation *inv = following->inv;

	if (!title || following->shown == title || report_is_json(inv))
		return;
	if (following->shown)
		report_raw(inv, "\n", 1);
	report_raw(inv, title, strlen(title));
	report_raw(inv, "\n", 1);
	context_flush(inv->context);
	following->shown = title;
}

/* The other stream is told so too, and says it. */
static bool log_lacks(const char *error)
{
	return strcmp(error, "io.krtask.NotFound") == 0 || strcmp(error, "io.krtask.AttemptNotFound") == 0;
}

/* One reply.  0; -EAGAIN: there is none; -EREMOTE: reported; or -errno. */
static int follower_take(struct following *following, struct follower *follower, int timeout_ms)
{
	struct client_reply reply = { 0 };
	int result = client_receive(follower->connection->client, &reply, timeout_ms);

	if (result)
		return result;
	follower->over = !reply.continues;
	if (reply.error && strcmp(reply.error, "io.krtask.Stopping") == 0) {
		result = -EPIPE;
	} else if (reply.error) {
		follower->sink->failed = true;
		if (!follower->sink->apart || !log_lacks(reply.error))
			report_reply_error(following->inv, &reply);
	} else {
		if (json_string_length(json_object_get(reply.parameters, "data")) > 0)
			following_head(following, follower->sink->title);
		sink_take(follower->sink, reply.parameters);
	}
	client_reply_release(&reply);
	if (!result && follower->over)
		following->left--;
	return result;
}

/* A server that went away is another soon, which goes on where that one was. */
static int follower_resume(struct follower *follower)
{
	int result = connection_again(follower->connection);

	follower->over = false;
	return result ? -EPIPE : follower_begin(follower);
}

/* Until something came on one of the connections. */
static int following_await(struct following *following)
{
	struct pollfd *fds = alloc_zero(following->count, sizeof(*fds));
	nfds_t count = 0;
	int result = 0;

	for (size_t i = 0; i < following->count; i++) {
		const struct follower *follower = &following->list[i];
		const struct client *client = follower->connection->client;

		if (!follower->over)
			fds[count++] = (struct pollfd){
				.fd = client_fd(client),
				.events = (short)(client_wants_write(client) ? POLLIN | POLLOUT : POLLIN),
			};
	}
	if (poll(fds, count, -1) < 0)
		result = -errno;
	free(fds);
	return result;
}

/*
 * What is there, one reply of each in turn, so that none waits for another that writes much.  0: nothing more
 * is.
 */
static int following_take_all(struct following *following)
{
	bool any = true;

	while (any && following->left > 0) {
		any = false;
		for (size_t i = 0; i < following->count; i++) {
			struct follower *follower = &following->list[i];
			int result = follower->over ? -EAGAIN
			                            : follower_take(following, follower,
			                                            following->left == 1 ? -1 : 0);

			if (result == -EPIPE)
				result = follower_resume(follower);
			context_flush(following->inv->context);
			if (following->inv->context->output_failed)
				return -EIO;
			if (result && result != -EAGAIN)
				return result;
			any |= result == 0;
		}
	}
	return 0;
}

static int following_run(struct following *following, const volatile sig_atomic_t *stop)
{
	while (following->left > 0) {
		int result;

		if (stop && *stop)
			return -EINTR;
		result = following_take_all(following);
		if (!result && following->left > 0)
			result = following_await(following);
		if (result && result != -EINTR)
			return result;
	}
	return 0;
}

/* Whichever of the connections notices first that the server is gone starts another. */
static int following_connect(struct following *following, struct sink *sinks)
{
	struct connection *first = following->inv->connection;
	enum client_start start = following->inv->args.no_start ? CLIENT_START_NEVER : CLIENT_START_EXISTING;
	int result = 0;

	first->lasting = true;
	for (size_t i = 0; i < following->count && !result; i++) {
		struct follower *follower = &following->list[i];
		char *error = NULL;

		follower->sink = &sinks[i];
		follower->connection = i == 0 ? first : connection_beside(first);
		if (connection_open(follower->connection, start, &error)) {
			report_error(following->inv, EXIT_NO_SERVER, "%s",
			             error ? error : MSG_SERVER_UNREACHABLE);
			free(error);
			return -EREMOTE;
		}
		result = follower_begin(follower);
		if (result == -EPIPE)
			result = follower_resume(follower);
	}
	return result;
}

int output_follow(struct sink *sinks, size_t count, const volatile sig_atomic_t *stop)
{
	struct invocation *inv = sinks->inv;
	struct following following = {
		.inv = inv,
		.list = alloc_zero(count, sizeof(struct follower)),
		.count = count,
		.left = count,
	};
	int result = following_connect(&following, sinks);

	if (!result)
		result = following_run(&following, stop);
	if (result && result != -EREMOTE && result != -EIO && result != -EINTR)
		report_error(inv, EXIT_NO_SERVER, MSG_SERVER_UNREACHABLE_WHY,
		             client_error(inv->connection->client));
	for (size_t i = 1; i < count && following.list[i].connection; i++)
		connection_release(following.list[i].connection);
	free(following.list);
	return result;
}

/* Both only to people, on a terminal or on the screen: what reads standard output gets nothing else. */
static bool log_shows_both(const struct invocation *inv)
{
	const struct arguments *args = &inv->args;

	if (args->error_stream || args->output_stream || args->both_streams)
		return args->both_streams;
	return !report_is_json(inv) && !inv->silent && (inv->context->on_screen || isatty(STDOUT_FILENO));
}

int log_check(struct invocation *inv)
{
	const struct arguments *args = &inv->args;

	if (args->error_stream + args->output_stream + args->both_streams < 2)
		return 0;
	report_error(inv, EXIT_USAGE, MSG_STREAMS_MANY);
	return EXIT_USAGE;
}

void output_json(struct invocation *inv, const struct sink *output, const struct sink *errors)
{
	struct jsonw *w = report_json(inv);

	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, output->id);
	jsonw_key(w, "log");
	jsonw_string_n(w, output->whole.length ? output->whole.data : "", output->whole.length);
	jsonw_key(w, "stderr");
	jsonw_string_n(w, errors->whole.length ? errors->whole.data : "", errors->whole.length);
	jsonw_end_object(w);
	report_json_end(inv);
}

/* Where there is nothing to be seen, that may need a word. */
static void log_hint(struct invocation *inv, const struct sink *sinks, size_t count)
{
	bool any = arguments_given(&inv->args, OPT_TAIL) && inv->args.tail == 0; /* it was not wanted */

	for (size_t i = 0; i < count; i++)
		any |= sinks[i].any;
	if (!any && count > 1)
		hint_silent(inv, sinks->id);
	else if (!any && !sinks->errors)
		hint_elsewhere(inv, sinks->id);
}

/* The sinks of one task, one or two, were filled. */
static void log_finish(struct invocation *inv, struct sink *sinks, size_t count)
{
	if (report_is_json(inv) && count > 1)
		output_json(inv, &sinks[0], &sinks[1]);
	else if (report_is_json(inv))
		report_text(inv, sinks->id, "log", sinks->whole.length ? sinks->whole.data : "",
		            sinks->whole.length);
	for (size_t i = 0; i < count; i++)
		sink_finish(&sinks[i]);
	log_hint(inv, sinks, count);
}

/* One task after the other, up to what there is now. */
static void log_read(struct invocation *inv, struct sink *sinks, size_t each)
{
	size_t count = inv->args.operands.count;

	for (size_t i = 0; i < count; i++, sinks += each) {
		char *errors = alloc_format(MSG_HEAD_STDERR, sinks->id);

		if (sinks->title && !report_is_json(inv)) {
			if (i > 0)
				report_line(inv, "");
			report_line(inv, sinks->title);
		}
		if (each > 1) {
			sinks[1].heading = errors;
			sinks[1].before = &sinks[0];
		}
		if (sink_read(&sinks[0], true) && (each < 2 || sink_read(&sinks[1], true)))
			log_finish(inv, sinks, each);
		free(errors);
	}
}

static void log_follow(struct invocation *inv, struct sink *sinks, size_t each)
{
	size_t count = inv->args.operands.count;

	hint_not_started(inv, &inv->args.operands);
	if (inv->status == EXIT_NO_SERVER || output_follow(sinks, count * each, NULL))
		return;
	for (size_t i = 0; i < count && inv->status != EXIT_NO_SERVER; i++) {
		if (!sinks[i * each].failed)
			log_finish(inv, &sinks[i * each], each);
	}
}

/* "==> 7 build <==" of each, where there are several; NULL: one needs none, as one that is not found. */
static char **log_titles(struct invocation *inv)
{
	static const char *const columns[] = { "name", NULL };
	const struct words *ids = &inv->args.operands;
	struct client_reply reply = { 0 };
	char **titles;
	bool known; /* which of them are found */

	if (ids->count < 2 || report_is_json(inv))
		return NULL;
	titles = alloc_zero(ids->count, sizeof(*titles));
	known = hint_ask(inv, columns, ids, &reply);
	if (!known)
		reply = (struct client_reply){ 0 };
	for (size_t i = 0; i < ids->count; i++) {
		const char *name = hint_text(&reply, i);
		char *shown = cells_whole(name ? name : "");

		if (name || !known)
			titles[i] = alloc_format(MSG_HEAD_TASK, ids->items[i].text, *shown ? " " : "", shown);
		free(shown);
	}
	client_reply_release(&reply);
	return titles;
}

static void log_show(struct invocation *inv, struct sink *sinks, size_t each)
{
	const struct words *ids = &inv->args.operands;
	char **titles = log_titles(inv);

	for (size_t i = 0; i < ids->count * each; i++) {
		bool errors = inv->args.error_stream || i % each == 1;

		sink_init(&sinks[i], inv, ids->items[i / each].text, errors, i % each == 1);
		sinks[i].title = titles ? titles[i / each] : NULL;
	}
	if (inv->args.follow)
		log_follow(inv, sinks, each);
	else
		log_read(inv, sinks, each);
	for (size_t i = 0; i < ids->count * each; i++)
		sink_release(&sinks[i]);
	for (size_t i = 0; titles && i < ids->count; i++)
		free(titles[i]);
	free(titles);
}

void log_run(struct invocation *inv)
{
	size_t each = log_shows_both(inv) ? 2 : 1;
	struct sink *sinks;

	if (!selector_find(inv) || !invocation_connect(inv))
		return;
	sinks = alloc_zero(inv->args.operands.count, each * sizeof(*sinks));
	log_show(inv, sinks, each);
	free(sinks);
}
