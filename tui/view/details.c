#include "tui/view/details.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/task/state.h"
#include "engine/task/task.h"
#include "tui/fields/field_list.h"
#include "tui/fields/fields.h"
#include "tui/fields/format.h"
#include "tui/fields/lookup.h"
#include "tui/fields/progress_cell.h"
#include "tui/text/alloc.h"
#include "tui/text/printed.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"
#include "tui/view/columns.h"

/* They have parts of the page of their own. */
static const char *const details_parts[] = { "childrenId", "after", "reasons", "attempts" };
/* Those of relatives, in their order. */
enum { RELATIVE_ID, RELATIVE_STATE, RELATIVE_NAME, RELATIVE_MESSAGE };
/* Of the task itself, behind those of its fields. */
enum { DETAILS_SAID, DETAILS_SILENCE, DETAILS_COLUMNS };
static const char *const details_columns[DETAILS_COLUMNS] = { "lastLine", "silence" };
static const char *const relative_columns[] = { "id", "state", "name", "statusMessage", NULL };

void details_release(struct details *details)
{
	json_decref(details->row);
	json_decref(details->relatives);
	json_decref(details->why);
	*details = (struct details){ 0 };
}

void details_request(const char *id, struct jsonw *params)
{
	struct field_list fields;

	fields_of_page(&fields);
	jsonw_object(params);
	jsonw_key(params, "ids");
	jsonw_array(params);
	jsonw_string(params, id);
	jsonw_end_array(params);
	jsonw_key(params, "columns");
	jsonw_array(params);
	fields_request(&fields, params);
	for (size_t i = 0; i < DETAILS_COLUMNS; i++)
		jsonw_string(params, details_columns[i]);
	jsonw_end_array(params);
	jsonw_key(params, "compact");
	jsonw_bool(params, true);
	jsonw_end_object(params);
}

/* The value of a column of List; NULL: it is not known. */
static const json_t *details_value(const struct details *details, const char *column)
{
	struct field_list fields;
	size_t at = 0;

	fields_of_page(&fields);
	for (size_t i = 0; i < fields.count; i++) {
		for (size_t k = 0; k < field_width(fields.items[i]); k++, at++) {
			if (strcmp(fields.items[i]->sources[k], column) == 0)
				return json_array_get(details->row, at);
		}
	}
	return NULL;
}

const char *details_text(const struct details *details, const char *column)
{
	const char *text = json_string_value(details_value(details, column));

	return text ? text : "";
}

static enum task_state details_state(const struct details *details)
{
	int state = task_state_parse(details_text(details, "state"));

	return state < 0 ? TASK_CREATED : (enum task_state)state;
}

/* How its fields look after that time, as in a row of the table. */
static struct field_look details_look(const struct details *details, int64_t age_ms)
{
	struct field_list fields;
	fields_of_page(&fields);

	size_t at = fields_width(&fields);
	const json_t *silence = json_array_get(details->row, at + DETAILS_SILENCE);
	const struct window_row row = {
		.state = details_state(details),
		.said = (char *)json_string_value(json_array_get(details->row, at + DETAILS_SAID)),
		.silent_ms = json_is_number(silence) ? (int64_t)(json_number_value(silence) * 1000) : -1,
		.speed = details->speed,
	};

	struct field_look look = columns_look(&row, 0, age_ms);
	look.server = details->server;
	return look;
}

/* How much of its work is done, as the table counts it; less than 0: that is not known. */
static double details_share(const struct details *details, const struct field_look *look)
{
	struct value *values = values_copy(details->row, 0), *value = values;
	struct field_list fields;
	double share = -1;

	fields_of_page(&fields);
	for (size_t i = 0; i < fields.count; i++) {
		if (fields.items[i] == &field_eta)
			share = progress_cell_share(value, look);
		value += field_width(fields.items[i]);
	}
	free(values);
	return share;
}

bool details_take(struct details *details, const json_t *reply, int64_t now)
{
	json_t *row = json_array_get(json_object_get(reply, "rows"), 0);
	struct field_list fields;
	struct field_look look;

	fields_of_page(&fields);
	if (json_array_size(row) != fields_width(&fields) + DETAILS_COLUMNS)
		return false;
	json_decref(details->row);
	details->row = json_incref(row);
	details->received = now;
	look = details_look(details, 0);
	if (details_state(details) == TASK_RUNNING)
		speed_note(&details->speed, details_share(details, &look), now);
	return true;
}

/* In the list of what it waits for, what is needed of a task follows a colon. */
static void details_write_ids(const json_t *list, struct jsonw *params)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *id = json_string_value(item);

		if (id && i < DETAILS_RELATIVES)
			jsonw_string_n(params, id, strcspn(id, ":"));
	}
}

bool details_relatives(const struct details *details, struct jsonw *params)
{
	const json_t *children = details_value(details, "childrenId"),
		     *after = details_value(details, "after");

	if (json_array_size(children) + json_array_size(after) == 0)
		return false;
	lookup_begin(params, relative_columns);
	details_write_ids(children, params);
	details_write_ids(after, params);
	jsonw_end_array(params);
	jsonw_end_object(params);
	return true;
}

/* --- the parts of the page */

static void details_head(struct pager *pager, const char *text)
{
	pager_add(pager, STYLE_HEADING, NULL, STYLE_HEADING, text);
}

static bool details_is_part(const struct field *field)
{
	for (size_t i = 0; i < sizeof(details_parts) / sizeof(*details_parts); i++) {
		if (strcmp(field->name, details_parts[i]) == 0)
			return true;
	}
	return false;
}

static void details_add_field(struct pager *pager, const struct field *field, const struct slice *slice)
{
	char *text = alloc_format("%.*s", (int)slice->length, slice->text);
	int state = slice->tinted == slice->length ? task_state_parse(text) : -1;

	pager_add(pager, STYLE_KEY, field->label, state < 0 ? STYLE_NORMAL : STYLE_STATE + (enum style)state,
	          text);
	free(text);
}

/* Of one that has ended, how far it came is said beside how it ended, and nothing is left to do. */
static void details_add_fields(const struct details *details, int64_t now, struct pager *pager)
{
	static const struct field_look plain;
	struct field_look look = details_look(details, now - details->received);
	struct field_list fields;
	struct text scratch = TEXT_INIT;
	struct value *values = values_copy(details->row, 0), *value = values;

	fields_of_page(&fields);
	for (size_t i = 0; i < fields.count; i++) {
		bool eta = fields.items[i] == &field_eta;
		struct slice slice =
			fields.items[i]->text(value, look.ended && !eta ? &plain : &look, &scratch);

		if (slice.length && !details_is_part(fields.items[i]))
			details_add_field(pager, fields.items[i], &slice);
		value += field_width(fields.items[i]);
	}
	text_release(&scratch);
	free(values);
}

/* The beginning of the last lines. */
static const char *details_tail(const struct details_output *output, int most)
{
	size_t at = output->length;
	int lines = 0;

	if (at > 0 && output->bytes[at - 1] == '\n')
		at--;
	for (; at > 0; at--) {
		if (output->bytes[at - 1] == '\n' && ++lines == most)
			break;
	}
	return output->bytes + at;
}

static void details_add_output(const struct details_output *output, const char *stream, int lines,
                               struct pager *pager)
{
	const char *at, *end = output->bytes + output->length;
	struct printed printed = PRINTED_INIT;
	struct sgr sgr = SGR_INIT;
	char *head;

	if (output->length == 0)
		return;
	head = alloc_format(MSG_DETAILS_OUTPUT, stream);
	details_head(pager, head);
	free(head);
	for (at = details_tail(output, lines); at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = newline ? (size_t)(newline - at) : (size_t)(end - at), width;

		printed_line(&printed, &sgr, at, length);
		pager_add(pager, STYLE_NORMAL, NULL, STYLE_NORMAL, printed_text(&printed, &width));
		at += length + 1;
	}
	printed_release(&printed);
}

static void details_add_outputs(const struct details *details, struct pager *pager)
{
	int state = task_state_parse(details_text(details, "state"));
	int lines = details->lines > DETAILS_LINES ? details->lines : DETAILS_LINES;
	char *none;

	if (state == TASK_FAILED)
		details_add_output(&details->error, "stderr", lines, pager);
	details_add_output(&details->output, "stdout", lines, pager);
	if (state != TASK_FAILED)
		details_add_output(&details->error, "stderr", lines, pager);
	if (details->output.length + details->error.length > 0 || state < 0 || state == TASK_CREATED ||
	    state == TASK_QUEUED)
		return;
	none = alloc_format(task_state_terminal((enum task_state)state) ? MSG_LOG_NONE : MSG_LOG_NONE_YET,
	                    task_state_name((enum task_state)state));
	pager_add(pager, STYLE_DIM, NULL, STYLE_DIM, none);
	free(none);
}

static const json_t *details_relative(const struct details *details, const char *id, size_t length)
{
	const json_t *row;
	size_t i;

	json_array_foreach(details->relatives, i, row)
	{
		const char *name = json_string_value(json_array_get(row, RELATIVE_ID));

		if (name && strlen(name) == length && strncmp(name, id, length) == 0)
			return row;
	}
	return NULL;
}

static void details_add_relative(const struct details *details, const char *item, struct pager *pager)
{
	size_t length = strcspn(item, ":");
	const json_t *row = details_relative(details, item, length);
	const char *state = json_string_value(json_array_get(row, RELATIVE_STATE));
	const char *name = json_string_value(json_array_get(row, RELATIVE_NAME));
	const char *message = json_string_value(json_array_get(row, RELATIVE_MESSAGE));
	int number = state ? task_state_parse(state) : -1;
	char *id = alloc_format("%.*s", (int)length, item);
	char *text =
		alloc_format("%s%s%s  %s  %s", state ? state : "", item[length] ? ", needed: " : "",
	                     item[length] ? item + length + 1 : "", name ? name : "", message ? message : "");

	pager_add(pager, STYLE_KEY, id, number < 0 ? STYLE_NORMAL : STYLE_STATE + (enum style)number, text);
	free(text);
	free(id);
}

static void details_add_relatives(const struct details *details, const char *column, const char *head,
                                  struct pager *pager)
{
	const json_t *list = details_value(details, column), *item;
	size_t i, count = json_array_size(list);

	if (count == 0)
		return;
	details_head(pager, head);
	json_array_foreach(list, i, item)
	{
		if (json_is_string(item) && i < DETAILS_RELATIVES)
			details_add_relative(details, json_string_value(item), pager);
	}
	if (count > DETAILS_RELATIVES) {
		char *more = alloc_format(MSG_DETAILS_MORE, count - DETAILS_RELATIVES);

		pager_add(pager, STYLE_DIM, NULL, STYLE_DIM, more);
		free(more);
	}
}

static void details_add_reasons(const struct details *details, struct pager *pager)
{
	const json_t *reasons = json_object_get(details->why, "reasons"), *reason;
	size_t i;

	if (json_array_size(reasons) == 0)
		return;
	details_head(pager, MSG_DETAILS_WAITS);
	json_array_foreach(reasons, i, reason)
	{
		const json_t *message = json_object_get(reason, "message");
		struct text line = TEXT_INIT;

		format_reason(&line, json_string_value(message), json_string_length(message),
		              details->server);
		pager_add(pager, STYLE_NORMAL, NULL, STYLE_NORMAL, line.data ? line.data : "");
		text_release(&line);
	}
}

/* Local time of day and the date, as the fields have it. */
static void details_time(const json_t *value, char *buf, size_t size)
{
	const char *text = json_string_value(value);

	snprintf(buf, size, "-");
	if (text)
		format_time(text, buf, size);
}

/* The span between two times of the server; "": one of them is not known. */
static const char *details_span(const json_t *from, const json_t *to, char *buf, size_t size)
{
	const char *begin = json_string_value(from), *end = json_string_value(to);
	int64_t ms = begin && end ? format_time_read(end) - format_time_read(begin) : -1;

	*buf = '\0';
	if (begin && end)
		format_elapsed(ms < 0 ? 0 : ms, buf, size);
	return buf;
}

static void details_add_attempts(const struct details *details, struct pager *pager)
{
	const json_t *attempts = details_value(details, "attempts"), *attempt;
	size_t i;

	if (json_array_size(attempts) == 0)
		return;
	details_head(pager, MSG_DETAILS_ATTEMPTS);
	json_array_foreach(attempts, i, attempt)
	{
		const json_t *began = json_object_get(attempt, "startedAt");
		const char *message = json_string_value(json_object_get(attempt, "message"));
		char started[FORMAT_SHORT], span[FORMAT_SHORT], number[24], *text;

		details_time(began, started, sizeof(started));
		details_span(began, json_object_get(attempt, "completedAt"), span, sizeof(span));
		snprintf(number, sizeof(number), "%" PRId64,
		         (int64_t)json_integer_value(json_object_get(attempt, "attempt")));
		text = alloc_format("%s  %s%s%s", started, span, *span ? "  " : "", message ? message : "");
		pager_add(pager, STYLE_KEY, number, STYLE_NORMAL, text);
		free(text);
	}
}

/* How long ago that was, by the clock of this machine. */
static const char *details_ago(const json_t *value, char *buf, size_t size)
{
	const char *text = json_string_value(value);
	int64_t ms = text ? (int64_t)time(NULL) * 1000 - format_time_read(text) : 0;

	format_elapsed(ms < 0 ? 0 : ms, buf, size);
	return buf;
}

/*
 * "created 2026-11-26 17:02:11, started 2026-11-26 17:02:14 (3.2s later), ran 10:14, ended …".  When it came into the queue is not
 * on record, so nothing is said of how long it waited there.
 */
static void details_write_life(const struct details *details, struct text *life)
{
	const json_t *created = details_value(details, "createdAt");
	const json_t *started = details_value(details, "startedAt");
	const json_t *ended = details_value(details, "completedAt");
	char time_of[FORMAT_SHORT], span[FORMAT_SHORT];

	details_time(created, time_of, sizeof(time_of));
	text_format(life, MSG_DETAILS_CREATED, time_of);
	if (details_state(details) == TASK_QUEUED)
		text_format(life, MSG_DETAILS_AGO, details_ago(created, span, sizeof(span)));
	if (json_is_string(started)) {
		details_time(started, time_of, sizeof(time_of));
		text_format(life, MSG_DETAILS_STARTED, time_of,
		            details_span(created, started, span, sizeof(span)));
	}
	if (json_is_string(ended)) {
		details_time(ended, time_of, sizeof(time_of));
		if (json_is_string(started))
			text_format(life, MSG_DETAILS_ENDED, details_span(started, ended, span, sizeof(span)),
			            time_of);
		else
			text_format(life, MSG_DETAILS_STOPPED, time_of,
			            details_span(created, ended, span, sizeof(span)));
	}
}

static void details_add_life(const struct details *details, struct pager *pager)
{
	char zone[8] = "", *head;
	time_t now = time(NULL);
	struct text life = TEXT_INIT;
	struct tm local;

	if (localtime_r(&now, &local))
		strftime(zone, sizeof(zone), "%z", &local);
	head = alloc_format(MSG_DETAILS_LIFE, zone);
	details_head(pager, head);
	free(head);
	details_write_life(details, &life);
	pager_add(pager, STYLE_NORMAL, NULL, STYLE_NORMAL, life.data);
	text_release(&life);
}

bool details_tick(const struct details *details)
{
	enum task_state state = details_state(details);

	return details->row && !task_state_terminal(state) && state != TASK_CREATED;
}

void details_fill(const struct details *details, int64_t now, struct pager *pager)
{
	pager_clear(pager);
	if (!details->row)
		return;
	details_add_fields(details, now, pager);
	details_add_outputs(details, pager);
	details_add_relatives(details, "childrenId", MSG_DETAILS_CHILDREN, pager);
	details_add_relatives(details, "after", MSG_DETAILS_AFTER, pager);
	details_add_reasons(details, pager);
	details_add_attempts(details, pager);
	details_add_life(details, pager);
}
