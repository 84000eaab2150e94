/*
 * why: why tasks do not run yet, or how they ended.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/task/messages.h"
#include "engine/task/state.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/hints.h"
#include "tui/cli/last_error.h"
#include "tui/cli/report.h"
#include "tui/cli/selector.h"
#include "tui/fields/format.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"

static const char *why_text(const json_t *reply, const char *key)
{
	return json_string_value(json_object_get(reply, key));
}

/* Takes the text. */
static void why_line(struct invocation *inv, char *text)
{
	char *shown = cells_whole(text);

	report_line(inv, shown);
	free(shown);
	free(text);
}

static const char *why_ordinal(long long number)
{
	long long last = number % 10, tens = number / 10 % 10;

	return tens == 1 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
}

static void why_head(struct invocation *inv, const json_t *reply)
{
	const char *id = why_text(reply, "id"), *state = why_text(reply, "state");
	const char *group = why_text(reply, "group"), *message = why_text(reply, "message");
	const json_t *position = json_object_get(reply, "position");
	long long place = json_integer_value(position);
	int parsed = task_state_parse(state);

	if (json_is_integer(position))
		why_line(inv, alloc_format(MSG_WHY_PLACE, id, state, place, why_ordinal(place),
		                           (long long)json_integer_value(json_object_get(reply, "of")),
		                           group ? " in group " : "", group ? group : ""));
	else if (message && parsed >= 0 &&
	         (task_state_terminal((enum task_state)parsed) || parsed == TASK_STOPPING))
		why_line(inv, alloc_format(MSG_WHY_ENDED, id, state, message));
	else
		why_line(inv, alloc_format(MSG_WHY_STATE, id, state));
}

/* When it ended, and how each attempt did, if there were several or the last one is not how it ended. */
static void why_when(struct invocation *inv, const char *id)
{
	static const char *const columns[] = { "completedAt", "attemptTexts", NULL };
	struct word item = { .text = id };
	const struct words one = { &item, 1, 1 };
	struct client_reply reply = { 0 };
	const char *ended, *texts;
	char local[FORMAT_SHORT];

	if (!hint_ask(inv, columns, &one, &reply))
		return;
	ended = hint_text(&reply, 0);
	texts = json_string_value(
		json_array_get(json_array_get(json_object_get(reply.parameters, "rows"), 0), 1));
	if (ended) {
		format_time(ended, local, sizeof(local));
		why_line(inv, alloc_format(MSG_WHY_WHEN, local));
	}
	if (texts)
		why_line(inv, alloc_format(MSG_WHY_ATTEMPTS, texts));
	client_reply_release(&reply);
}

/* A task that waits for its next attempt: how the last one ended. */
static void why_last_attempt(struct invocation *inv, const json_t *reply, const char *id)
{
	const char *message = why_text(reply, "message");
	char *line;

	if (!message || json_integer_value(json_object_get(reply, "attempts")) == 0)
		return;
	why_line(inv, alloc_format(MSG_WHY_LAST_ATTEMPT, message));
	line = last_error_tell(inv, inv->connection, id);
	if (line)
		why_line(inv, alloc_format(MSG_WHY_LAST_ERROR, line));
	free(line);
}

static void why_end(struct invocation *inv, const json_t *reply, const char *id, enum task_state state)
{
	const char *message = why_text(reply, "message");
	char *line;

	why_when(inv, id);
	if (state == TASK_STOPPED && message && strncmp(message, MSG_CANCELLED, strlen(MSG_CANCELLED)) == 0)
		why_line(inv, alloc_string(MSG_WHY_STOPPED_BY));
	line = state != TASK_COMPLETED ? last_error_tell(inv, inv->connection, id) : NULL;
	if (line)
		why_line(inv, alloc_format(MSG_WHY_LAST_ERROR, line));
	free(line);
}

/* The command with which it goes on. */
static void why_command(struct invocation *inv, const char *format, const char *id)
{
	char *words = invocation_words(inv, id);

	why_line(inv, alloc_format(format, words));
	free(words);
}

static void why_show(struct invocation *inv, const json_t *reply, const char *id)
{
	const json_t *reasons = json_object_get(reply, "reasons"), *reason;
	int state = task_state_parse(why_text(reply, "state"));
	size_t i;

	why_head(inv, reply);
	json_array_foreach(reasons, i, reason)
	{
		char *text = hint_reason(inv, reason);

		why_line(inv, alloc_format("  %s", text));
		free(text);
	}
	if (state == TASK_CREATED)
		why_command(inv, MSG_WHY_CREATED, id);
	else if (state == TASK_PAUSED)
		why_command(inv, MSG_WHY_PAUSED, id);
	else if (state == TASK_QUEUED)
		why_last_attempt(inv, reply, id);
	else if (state >= 0 && task_state_terminal((enum task_state)state))
		why_end(inv, reply, id, (enum task_state)state);
}

static void why_as_json(struct invocation *inv, const json_t *reply)
{
	static const char *const keys[] = {
		"id", "state", "position", "of", "reasons", "message", "attempts"
	};
	struct jsonw *w = report_json(inv);

	jsonw_object(w);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char *text = json_dumps(json_object_get(reply, keys[i]), JSON_COMPACT | JSON_ENCODE_ANY);

		jsonw_key(w, keys[i]);
		jsonw_raw(w, text ? text : "null", strlen(text ? text : "null"));
		free(text);
	}
	jsonw_end_object(w);
	report_json_end(inv);
}

static void why_ask(struct invocation *inv, const char *id)
{
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, id);
	jsonw_end_object(w);
	if (!invocation_call(inv, "Why", w, true, &reply))
		return;
	if (report_is_json(inv))
		why_as_json(inv, reply.parameters);
	else
		why_show(inv, reply.parameters, id);
	client_reply_release(&reply);
}

void why_run(struct invocation *inv)
{
	if (!selector_find(inv) || !invocation_connect(inv))
		return;
	for (size_t i = 0; i < inv->args.operands.count && inv->status != EXIT_NO_SERVER; i++)
		why_ask(inv, inv->args.operands.items[i].text);
}
