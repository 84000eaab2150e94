/*
 * away: what has ended since the user looked.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/duration.h"
#include "engine/task/messages.h"
#include "engine/task/signals.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/cli/several.h"
#include "tui/cli/table.h"
#include "tui/fields/fields.h"
#include "tui/fields/format.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

struct news {
	struct invocation *inv;
	int64_t cursor; /* behind what was shown; -1: from where the user has looked */
	bool headed;    /* the heading was printed */
};

static const char *away_text(const json_t *task, const char *key)
{
	const char *text = json_string_value(json_object_get(task, key));

	return text ? text : "";
}

/* As a task is everywhere, and its last error. */
static void away_as_json(struct invocation *inv, const json_t *task, const char *error)
{
	struct jsonw *w = report_json(inv);
	const char *key;
	const json_t *value;

	jsonw_object(w);
	json_object_foreach((json_t *)task, key, value)
	{
		char *text = alloc_checked(json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY));

		jsonw_key(w, key);
		if (strcmp(key, "id") == 0 && json_is_string(value)) {
			jsonw_string(w, several_id(inv, json_string_value(value)));
			free(text);
			continue;
		}
		if (json_is_real(value))
			jsonw_fixed3(w, duration_milliseconds(json_real_value(value)));
		else
			jsonw_raw(w, text, strlen(text));
		free(text);
	}
	jsonw_key(w, "host");
	jsonw_string(w, inv->context->part ? inv->context->part->label : NULL);
	jsonw_key(w, "lastError");
	jsonw_string(w, error);
	jsonw_end_object(w);
	report_json_end(inv);
}

static void away_exit(const json_t *task, char *text, size_t size)
{
	const json_t *code = json_object_get(task, "exitCode"), *number = json_object_get(task, "signal");

	if (json_is_integer(code))
		snprintf(text, size, "%" PRId64, (int64_t)json_integer_value(code));
	else if (json_is_integer(number))
		snprintf(text, size, "%s", signal_name((int)json_integer_value(number)));
	else
		snprintf(text, size, "-");
}

/* A variable gets the ids alone. */
static void away_print(struct invocation *inv, const char *line)
{
	report_raw(inv, line, strlen(line));
	report_raw(inv, "\n", 1);
}

/* Cut to the width of the terminal, as in a list. */
static void away_line(struct invocation *inv, const char *text)
{
	char *shown = table_line(text);

	away_print(inv, shown);
	free(shown);
}

/* What its status does not say, of a task that failed and wrote nothing, or that was not run.  NULL: nothing. */
static const char *away_why(const json_t *task)
{
	const json_t *progress = json_object_get(task, "progress");
	const char *state = away_text(task, "state"), *why = away_text(progress, "statusMessage");

	return strcmp(state, "Completed") != 0 && format_says_more(why) ? why : NULL;
}

static void away_as_text(struct news *news, const json_t *task, const char *error)
{
	char status[24], ended[FORMAT_SHORT] = "-";
	char *line;

	if (!error)
		error = away_why(task);

	if (!news->headed && !news->inv->args.no_headers)
		away_print(news->inv, "ID         STATE     EXIT ENDED               NAME");
	news->headed = true;
	away_exit(task, status, sizeof(status));
	if (*away_text(task, "completedAt"))
		format_time(away_text(task, "completedAt"), ended, sizeof(ended));
	line = alloc_format("%-10s %-9s %4s %-19s %s", several_id(news->inv, away_text(task, "id")),
	                    away_text(task, "state"), status, ended, away_text(task, "name"));
	away_line(news->inv, line);
	free(line);
	if (!error)
		return;
	line = alloc_format("           %s", error);
	away_line(news->inv, line);
	free(line);
}

static void away_show(struct news *news, const json_t *item)
{
	const json_t *task = json_object_get(item, "task");
	const char *error = json_string_value(json_object_get(item, "lastError"));
	struct invocation *inv = news->inv;

	report_value(inv, away_text(task, "id"));
	if (inv->silent)
		return;
	if (report_is_json(inv))
		away_as_json(inv, task, error);
	else if (inv->args.quiet)
		away_print(inv, several_id(inv, away_text(task, "id")));
	else
		away_as_text(news, task, error);
}

static void away_put(const struct news *news)
{
	const struct arguments *args = &news->inv->args;
	struct jsonw *w = &news->inv->request;
	bool since = arguments_given(args, OPT_SINCE);

	jsonw_clear(w);
	jsonw_object(w);
	if (since) {
		jsonw_key(w, "since");
		jsonw_fixed3(w, duration_milliseconds(args->since));
	}
	if (since || news->cursor >= 0) {
		jsonw_key(w, "after");
		jsonw_int(w, news->cursor >= 0 ? news->cursor : 0);
	}
	jsonw_end_object(w);
}

/* -1: an error was reported; 0: that was all; 1: there is more. */
static int away_ask(struct news *news)
{
	struct client_reply reply = { 0 };
	const json_t *item;
	size_t i;
	int more;

	away_put(news);
	if (!invocation_call(news->inv, "Away", &news->inv->request, true, &reply))
		return -1;
	json_array_foreach(json_object_get(reply.parameters, "news"), i, item)
	{
		away_show(news, item);
	}
	news->cursor = json_integer_value(json_object_get(reply.parameters, "cursor"));
	more = json_is_true(json_object_get(reply.parameters, "left"));
	client_reply_release(&reply);
	return more;
}

static void away_mark(struct news *news)
{
	struct client_reply reply = { 0 };
	struct jsonw *w = &news->inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "cursor");
	jsonw_int(w, news->cursor);
	jsonw_end_object(w);
	if (invocation_call(news->inv, "AwaySeen", w, true, &reply))
		client_reply_release(&reply);
}

/* All of it was written to somebody who reads it, or is to count as if it was. */
static bool away_is_seen(const struct news *news)
{
	struct invocation *inv = news->inv;
	bool terminal;

	if (!several_written(inv, &terminal))
		return false;
	if (inv->args.seen)
		return true;
	return !arguments_given(&inv->args, OPT_SINCE) && !inv->silent && !inv->capture &&
	       !inv->context->batch && terminal;
}

void away_run(struct invocation *inv)
{
	const struct several_how how = {
		.run = away_run,
		.heads = !report_is_json(inv) && !inv->args.quiet && !inv->args.no_headers,
	};
	struct news news = { .inv = inv, .cursor = -1 };
	int more = 1;

	if (several_given(inv)) {
		several_run(inv, &how);
		return;
	}
	if (!invocation_connect(inv))
		return;
	while (more > 0)
		more = away_ask(&news);
	context_flush(inv->context);
	if (more == 0 && away_is_seen(&news))
		away_mark(&news);
}
