#include "tui/cli/hints.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/task/state.h"
#include "engine/task/task.h"
#include "tui/cli/report.h"
#include "tui/fields/lookup.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"
#include "tui/text/screen_messages.h"

enum {
	IDS_MOST = 1000,  /* nobody reads hints about more tasks */
	REASONS_MOST = 3, /* what waits in the queue goes on without anybody's help */
};

bool hint_ask(struct invocation *inv, const char *const columns[], const struct words *ids,
              struct client_reply *reply)
{
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	lookup_begin(w, columns);
	for (size_t i = 0; i < ids->count; i++)
		jsonw_string(w, ids->items[i].text);
	jsonw_end_array(w);
	jsonw_end_object(w);
	return invocation_call(inv, "List", w, true, reply);
}

const char *hint_text(const struct client_reply *reply, size_t at)
{
	const json_t *row = json_array_get(json_object_get(reply->parameters, "rows"), at);

	return json_string_value(json_array_get(row, 0));
}

static bool state_is(const struct client_reply *reply, size_t at, const char *wanted)
{
	const char *state = hint_text(reply, at);

	return state && strcmp(state, wanted) == 0;
}

static void say_hint(struct invocation *inv, const char *format, const char *id)
{
	char *words = invocation_words(inv, id), *text = alloc_format(format, id, words);

	report_information(inv, true, text);
	free(text);
	free(words);
}

/* The server writes a command as one for itself. */
static bool reason_has_command(const json_t *reason)
{
	static const char *const commanding[] = { "Held", "GroupPaused", "ServerPaused" };
	const char *name = json_string_value(json_object_get(reason, "reason"));
	const char *message = json_string_value(json_object_get(reason, "message"));

	for (size_t i = 0; name && i < sizeof(commanding) / sizeof(*commanding); i++) {
		if (strcmp(name, commanding[i]) == 0)
			return message && strstr(message, "krtask ");
	}
	return false;
}

char *hint_reason(const struct invocation *inv, const json_t *reason)
{
	const char *message = json_string_value(json_object_get(reason, "message"));

	return reason_has_command(reason) ? invocation_words(inv, message)
	                                  : alloc_string(message ? message : "");
}

/* Why it does not run yet.  NULL: it does, or has ended. */
static const json_t *reason_of(const struct client_reply *reply, size_t at)
{
	const json_t *row = json_array_get(json_object_get(reply->parameters, "rows"), at);

	return json_array_get(json_array_get(row, 2), 0);
}

static void say_reason(struct invocation *inv, const char *id, const json_t *reason)
{
	char *why = hint_reason(inv, reason), *text = alloc_format(MSG_HINT_REASON, id, why);

	report_information(inv, true, text);
	free(text);
	free(why);
}

static void say_more_reasons(struct invocation *inv, size_t count, const char *id)
{
	char *words = invocation_words(inv, id);
	char *text = count == 1 ? alloc_format(MSG_HINT_REASONS_ONE, words)
	                        : alloc_format(MSG_HINT_REASONS_MORE, count, words);

	report_information(inv, true, text);
	free(text);
	free(words);
}

/* A user has put it off: a task that is paused, or held in the queue. */
static bool is_put_off(const struct client_reply *reply, size_t at)
{
	const json_t *row = json_array_get(json_object_get(reply->parameters, "rows"), at);

	return json_is_true(json_array_get(row, 1)) || state_is(reply, at, "Paused");
}

void hint_not_started(struct invocation *inv, const struct words *ids)
{
	static const char *const columns[] = { "state", "held", "reasons", NULL };
	struct client_reply reply = { 0 };
	const char *last = NULL; /* of those whose reason may be too much */
	size_t reasons = 0;

	if (ids->count > IDS_MOST || !hint_ask(inv, columns, ids, &reply))
		return;
	for (size_t i = 0; i < ids->count; i++) {
		if (state_is(&reply, i, "Created"))
			say_hint(inv, MSG_HINT_WAITS, ids->items[i].text);
		else if (is_put_off(&reply, i))
			say_hint(inv, MSG_HINT_PUT_OFF, ids->items[i].text);
		else if (reason_of(&reply, i) && ++reasons <= REASONS_MOST)
			say_reason(inv, ids->items[i].text, reason_of(&reply, i));
		else if (reason_of(&reply, i))
			last = ids->items[i].text;
	}
	if (last)
		say_more_reasons(inv, reasons - REASONS_MOST, last);
	client_reply_release(&reply);
}

/* A pause of the group or the server; NULL: there is none. */
static const json_t *hint_pause(const json_t *reasons)
{
	const json_t *reason;
	size_t i;

	json_array_foreach(reasons, i, reason)
	{
		const char *name = json_string_value(json_object_get(reason, "reason"));

		if (name && (strcmp(name, "GroupPaused") == 0 || strcmp(name, "ServerPaused") == 0))
			return reason;
	}
	return NULL;
}

void hint_not_run(struct invocation *inv, const char *id)
{
	static const char *const columns[] = { "state", "statusMessage", "reasons", NULL };
	struct word item = { .text = id };
	const struct words one = { &item, 1, 1 };
	struct client_reply reply = { 0 };
	const json_t *row, *pause;
	const char *why;
	char *text;

	if (!hint_ask(inv, columns, &one, &reply))
		return;
	row = json_array_get(json_object_get(reply.parameters, "rows"), 0);
	why = state_is(&reply, 0, "Stopped") ? json_string_value(json_array_get(row, 1)) : NULL;
	pause = hint_pause(json_array_get(row, 2));
	if (why) {
		text = alloc_format(MSG_HINT_STOPPED, id, why);
		report_information(inv, true, text);
		free(text);
	} else if (pause) {
		say_reason(inv, id, pause);
	}
	client_reply_release(&reply);
}

/* A person reads both what is printed and what is hinted at. */
static bool hint_is_read(const struct invocation *inv)
{
	return !inv->context->batch && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
}

void hint_none_found(struct invocation *inv)
{
	char *words, *text;

	if (!hint_is_read(inv))
		return;
	if (inv->command->selects == SELECTS_STARTED) {
		report_information(inv, true, MSG_HINT_NONE_STARTED);
	} else if (strcmp(inv->command->name, "log") == 0) {
		words = invocation_words(inv, "ID");
		text = alloc_format(MSG_HINT_NONE_ENDED, words);
		report_information(inv, true, text);
		free(text);
		free(words);
	}
}

void hint_named(struct invocation *inv)
{
	const struct words *ids = &inv->args.operands;
	const char *name = ids->count == 1 ? ids->items[0].text : NULL, *takes = inv->command->operands;
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;
	char *text;

	if (!inv->unknown || inv->status == EXIT_NO_SERVER || !name || !task_id_valid(name) ||
	    strncmp(takes + (*takes == '['), "ID", 2) != 0 || !(inv->context->on_screen || hint_is_read(inv)))
		return;
	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "columns");
	jsonw_array(w);
	jsonw_string(w, "id");
	jsonw_end_array(w);
	jsonw_key(w, "name");
	jsonw_string(w, name);
	jsonw_key(w, "rows");
	jsonw_int(w, 1);
	jsonw_key(w, "compact");
	jsonw_bool(w, true);
	jsonw_end_object(w);
	if (!invocation_call(inv, "List", w, true, &reply))
		return;
	if (hint_text(&reply, 0)) {
		text = alloc_format(MSG_HINT_NAMED, hint_text(&reply, 0), name);
		report_information(inv, true, text);
		free(text);
	}
	client_reply_release(&reply);
}

/* True if the task has written to standard error. */
static bool has_error_output(struct invocation *inv, const char *id)
{
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;
	bool any;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, id);
	jsonw_key(w, "stream");
	jsonw_string(w, "stderr");
	jsonw_key(w, "tail");
	jsonw_int(w, 1);
	if (arguments_given(&inv->args, OPT_ATTEMPT)) {
		jsonw_key(w, "attempt");
		jsonw_int(w, inv->args.attempt);
		jsonw_key(w, "only");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
	if (!invocation_call(inv, "Log", w, true, &reply))
		return false;
	any = json_string_length(json_object_get(reply.parameters, "data")) > 0;
	client_reply_release(&reply);
	return any;
}

/* The errors are those of the attempt that was asked for. */
static void say_error_output(struct invocation *inv, const char *format, const char *id)
{
	char *task = arguments_given(&inv->args, OPT_ATTEMPT)
	                     ? alloc_format("%s --attempt %lld", id, (long long)inv->args.attempt)
	                     : alloc_string(id);
	char *words = invocation_words(inv, task), *text = alloc_format(format, id, words);

	report_information(inv, true, text);
	free(text);
	free(words);
	free(task);
}

static bool hint_is_failed(struct invocation *inv, const char *id)
{
	struct word item = { .text = id };
	const struct words one = { &item, 1, 1 };
	static const char *const columns[] = { "state", NULL };
	struct client_reply reply = { 0 };
	bool failed;

	if (!hint_ask(inv, columns, &one, &reply))
		return false;
	failed = state_is(&reply, 0, "Failed");
	client_reply_release(&reply);
	return failed;
}

void hint_elsewhere(struct invocation *inv, const char *id)
{
	bool scripted = inv->context->batch && !inv->context->on_screen;

	if (!scripted && !report_is_json(inv) && hint_is_failed(inv, id) && has_error_output(inv, id))
		say_error_output(inv, MSG_HINT_STDERR, id);
}

void hint_no_result(struct invocation *inv, const char *id)
{
	if (hint_is_read(inv) && !report_is_json(inv) && has_error_output(inv, id))
		say_error_output(inv, hint_is_failed(inv, id) ? MSG_HINT_STDERR : MSG_HINT_STDERR_ALONE, id);
}

void hint_silent(struct invocation *inv, const char *id)
{
	if (inv->context->on_screen && !report_is_json(inv))
		say_hint(inv, MSG_HINT_SILENT, id);
}

/* What could not be done to the task, as a participle. */
static const char *hint_participle(const struct invocation *inv)
{
	static const struct {
		const char *command, *participle;
	} verbs[] = {
		{ "start", "started" }, { "stop", "cancelled" },  { "remove", "removed" },
		{ "pause", "paused" },  { "resume", "resumed" },  { "set", "changed" },
		{ "edit", "changed" },  { "again", "run again" },
	};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(inv->command->name, verbs[i].command) == 0)
			return verbs[i].participle;
	}
	return "done";
}

/* The row: state, childrenId. */
static char *hint_why_refused(const struct invocation *inv, const json_t *row)
{
	const char *state = json_string_value(json_array_get(row, 0));
	int parsed = task_state_parse(state);

	if (strcmp(inv->command->name, "remove") != 0 || parsed < 0 ||
	    !task_state_terminal((enum task_state)parsed))
		return alloc_format(MSG_REASON_STATE, state);
	return alloc_string(json_array_size(json_array_get(row, 1)) > 0 ? MSG_REASON_CHILDREN
	                                                                : MSG_REASON_AWAITED);
}

static void say_refusal(struct invocation *inv, const char *id, const json_t *row)
{
	char *shown = cells_whole(id), *why, *text;

	if (!json_string_value(json_array_get(row, 0))) {
		text = alloc_format("(" MSG_TASK_NOT_FOUND ")", shown);
		inv->unknown = true;
	} else {
		why = hint_why_refused(inv, row);
		text = alloc_format(MSG_HINT_REFUSED, shown, hint_participle(inv), why);
		free(why);
	}
	report_information(inv, true, text);
	free(text);
	free(shown);
}

void hint_refused(struct invocation *inv)
{
	static const char *const columns[] = { "state", "childrenId", NULL };
	struct client_reply reply = { 0 };
	const json_t *rows;

	if (inv->refused.count == 0 || inv->refused.count > IDS_MOST ||
	    !hint_ask(inv, columns, &inv->refused, &reply))
		return;
	rows = json_object_get(reply.parameters, "rows");
	for (size_t i = 0; i < inv->refused.count; i++)
		say_refusal(inv, inv->refused.items[i].text, json_array_get(rows, i));
	client_reply_release(&reply);
}

char *hint_last_line(char *bytes, size_t count)
{
	while (count > 0 && strchr("\r\n\t ", bytes[count - 1]))
		count--;
	if (count == 0)
		return NULL;
	bytes[count] = '\0';
	while (count > 0 && bytes[count - 1] != '\n' && bytes[count - 1] != '\r')
		count--;
	return bytes + count;
}
