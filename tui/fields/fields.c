#include "tui/fields/fields.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/task/bytes.h"
#include "engine/task/duration.h"
#include "engine/task/signals.h"
#include "engine/wire/jsonr.h"
#include "tui/fields/details.h"
#include "tui/fields/format.h"
#include "tui/fields/progress_cell.h"
#include "tui/text/alloc.h"

static struct slice slice_of(const struct text *text)
{
	return (struct slice){ .text = text->data, .length = text->length };
}

static struct slice slice_made(struct text *scratch, const char *made)
{
	text_clear(scratch);
	text_add(scratch, made, strlen(made));
	return slice_of(scratch);
}

static const struct slice no_text = { .text = "" };

static struct slice text_plain(const struct value *values, const struct field_look *look,
                               struct text *scratch)
{
	size_t length = 0;
	const char *string;

	(void)look;
	if (value_is_null(values))
		return no_text;
	string = value_string(values, scratch, &length);
	return string ? (struct slice){ .text = string, .length = length }
	              : (struct slice){ .text = values->json, .length = values->length };
}

static struct slice text_state(const struct value *values, const struct field_look *look,
                               struct text *scratch)
{
	struct slice slice = text_plain(values, look, scratch), attempt;
	struct text piece = { 0 };

	if (!value_is_null(&values[1])) {
		attempt = text_plain(&values[1], look, &piece);
		if (!look->width || look->width > slice.length + attempt.length) {
			struct text both = TEXT_INIT;

			text_add(&both, slice.text, slice.length);
			text_add(&both, " ", 1);
			text_add(&both, attempt.text, attempt.length);
			text_release(scratch);
			*scratch = both;
			slice = slice_of(scratch);
		}
		text_release(&piece);
	}
	slice.tinted = slice.length;
	return slice;
}

static struct slice text_time(const struct value *values, const struct field_look *look, struct text *scratch)
{
	struct slice slice = text_plain(values, look, scratch);
	char utc[FORMAT_SHORT], local[FORMAT_SHORT];

	if (!slice.length)
		return slice;
	snprintf(utc, sizeof(utc), "%.*s", (int)slice.length, slice.text);
	format_time(utc, local, sizeof(local));
	return slice_made(scratch, local);
}

static struct slice text_list(const struct value *values, const struct field_look *look, struct text *scratch)
{
	struct text piece = { 0 };
	struct value item;
	const char *at = NULL;

	(void)look;
	text_clear(scratch);
	while (value_item(values, &at, &item)) {
		size_t length = 0;
		const char *string = value_string(&item, &piece, &length);

		if (scratch->length)
			text_add(scratch, " ", 1);
		text_add(scratch, string ? string : "", length);
	}
	text_release(&piece);
	return slice_of(scratch);
}

static uint64_t control_bytes(uint64_t word)
{
	return bytes_below(word, ' ');
}

/* Line breaks and tabs in code are written as in C, so that a command stays on one readable line. */
static struct slice slice_in_one_line(struct slice slice, struct text *scratch)
{
	static const char breaks[] = "\n\t\r", letters[] = "ntr";
	struct text line = TEXT_INIT;

	if (bytes_none(slice.text, slice.length, ' ', control_bytes))
		return slice;
	for (size_t i = 0; i < slice.length; i++) {
		const char *found = memchr(breaks, slice.text[i], sizeof(breaks) - 1);

		if (found) {
			const char escape[] = { '\\', letters[found - breaks] };

			text_add(&line, escape, sizeof(escape));
		} else {
			text_add(&line, &slice.text[i], 1);
		}
	}
	text_release(scratch);
	*scratch = line;
	return slice_of(scratch);
}

static struct slice text_words(const struct value *values, const struct field_look *look,
                               struct text *scratch)
{
	return slice_in_one_line(text_list(values, look, scratch), scratch);
}

static struct slice text_code(const struct value *values, const struct field_look *look, struct text *scratch)
{
	return slice_in_one_line(text_plain(values, look, scratch), scratch);
}

static struct slice text_elapsed(const struct value *values, const struct field_look *look,
                                 struct text *scratch)
{
	int64_t started = value_integer(&values[1]), elapsed = value_milliseconds(values);
	char buffer[FORMAT_SHORT];

	if (!started)
		return no_text;
	/* Never by our clock and theirs: either may be set at any time. */
	elapsed += look->age_ms;
	if (elapsed < 0)
		elapsed = 0;
	format_elapsed(elapsed, buffer, sizeof(buffer));
	return slice_made(scratch, buffer);
}

static struct slice text_cpu(const struct value *values, const struct field_look *look, struct text *scratch)
{
	char buffer[FORMAT_SHORT];

	(void)look;
	if (value_is_null(values))
		return no_text;
	format_elapsed(value_milliseconds(values), buffer, sizeof(buffer));
	return slice_made(scratch, buffer);
}

static struct slice text_bytes(const struct value *values, const struct field_look *look,
                               struct text *scratch)
{
	char buffer[FORMAT_SHORT];

	(void)look;
	if (value_is_null(values))
		return no_text;
	format_bytes(value_integer(values), buffer, sizeof(buffer));
	return slice_made(scratch, buffer);
}

static struct slice text_duration(const struct value *values, const struct field_look *look,
                                  struct text *scratch)
{
	char buffer[DURATION_SIZE];

	(void)look;
	if (value_is_null(values))
		return no_text;
	return slice_made(scratch, duration_write(value_milliseconds(values), buffer));
}

static struct slice text_signal(const struct value *values, const struct field_look *look,
                                struct text *scratch)
{
	(void)look;
	return value_is_null(values) ? no_text : slice_made(scratch, signal_name((int)value_integer(values)));
}

/* On the wire it is always a number. */
static struct slice text_percent(const struct value *values, const struct field_look *look,
                                 struct text *scratch)
{
	return value_is_true(&values[1]) ? text_plain(values, look, scratch) : no_text;
}

static struct slice text_attempts(const struct value *values, const struct field_look *look,
                                  struct text *scratch)
{
	return text_plain(&values[1], look, scratch);
}

static struct slice text_exit(const struct value *values, const struct field_look *look, struct text *scratch)
{
	return value_is_null(&values[1]) ? text_plain(values, look, scratch)
	                                 : text_signal(&values[1], look, scratch);
}

/* All of them in one line. */
static struct slice text_reasons(const struct value *values, const struct field_look *look,
                                 struct text *scratch)
{
	json_error_t error;
	json_t *reasons = jsonr_load(values->json, values->length, 0, &error), *reason;
	size_t i;

	if (!reasons && json_error_code(&error) == json_error_out_of_memory)
		alloc_failed();
	text_clear(scratch);
	json_array_foreach(reasons, i, reason)
	{
		const json_t *message = json_object_get(reason, "message");

		if (i > 0)
			text_add_string(scratch, "; ");
		format_reason(scratch, json_string_value(message), json_string_length(message), look->server);
	}
	json_decref(reasons);
	return slice_of(scratch);
}

static void json_plain(struct jsonw *w, const struct value *values)
{
	jsonw_raw(w, values->json, values->length);
}

static void json_progress(struct jsonw *w, const struct value *values)
{
	jsonw_object(w);
	jsonw_key(w, "percentComplete");
	json_plain(w, values);
	jsonw_key(w, "statusMessage");
	json_plain(w, &values[2]);
	jsonw_end_object(w);
}

#define ONE_VALUE(column)  .sources = { column }, .text = text_plain, .json = json_plain
#define WIDTH(least, most) .min = (least), .max = (most)
#define A_TIME             .text = text_time, .json = json_plain, WIDTH(19, 19)
#define OF_THE_RECORD      .in_json = true

/* The order is that of the JSON keys. */
/* clang-format off */
const struct field field_table[FIELD_TOTAL + 1] = {
	{ "id", "ID", "Id", ONE_VALUE("id"), OF_THE_RECORD, WIDTH(4, 64), .early = 10, .measured = true,
	  .priority = 2 },
	{ "name", "NAME", "Name", ONE_VALUE("name"), OF_THE_RECORD, WIDTH(8, 32), .early = 16, .ample = 64,
	  .measured = true, .priority = 0 },
	{ "description", "DESCRIPTION", "Description", ONE_VALUE("description"), OF_THE_RECORD, WIDTH(11, 0),
	  .priority = 5 },
	{ "state", "STATE", "State", { "state", "attemptOf" }, .text = text_state, .json = json_plain,
	  OF_THE_RECORD, WIDTH(9, 20), .measured = true, .priority = 1 },
	{ "createdAt", "CREATED", "Created", { "createdAt" }, OF_THE_RECORD, A_TIME, .priority = 9 },
	{ "startedAt", "STARTED", "Started", { "startedAt" }, OF_THE_RECORD, A_TIME, .priority = 10 },
	{ "completedAt", "COMPLETED", "Completed", { "completedAt" }, OF_THE_RECORD, A_TIME,
	  .priority = 11 },
	{ "duration", "ELAPSED", "Duration", { "duration", "startedMs" }, .text = text_elapsed,
	  .json = json_plain, OF_THE_RECORD, WIDTH(8, 10), .right = true, .priority = 4 },
	{ "progress", "PROGRESS", "Progress",
	  { "percentComplete", "percentKnown", "statusMessage", "reason", "exitCode", "signal",
	    "children", "childrenEnded" },
	  .text = progress_cell_text, .json = json_progress, OF_THE_RECORD, WIDTH(14, 60), .early = 24, .ample = 120,
	  .measured = true, .priority = 3 },
	{ "parentId", "PARENT", "Parent", ONE_VALUE("parentId"), OF_THE_RECORD, WIDTH(6, 64),
	  .measured = true, .priority = 12 },
	{ "childrenId", "CHILDREN", "Children", { "childrenId" }, .text = text_list, .json = json_plain,
	  OF_THE_RECORD, WIDTH(8, 0), .priority = 13 },
	{ "exitCode", "EXIT", "Exit status", { "exitCode", "signal" }, .text = text_exit, .json = json_plain,
	  OF_THE_RECORD, WIDTH(4, 8), .measured = true, .right = true, .priority = 6 },
	{ "signal", "SIGNAL", NULL, { "signal" }, .text = text_signal, .json = json_plain, OF_THE_RECORD,
	  WIDTH(6, 8), .priority = 14 },
	{ "pid", "PID", "Process", ONE_VALUE("pid"), OF_THE_RECORD, WIDTH(7, 10), .measured = true,
	  .right = true, .priority = 15 },
	{ "group", "GROUP", "Group", ONE_VALUE("group"), OF_THE_RECORD, WIDTH(5, 16), .measured = true,
	  .quiet = true, .rare = true, .priority = 7 },
	{ "command", "COMMAND", NULL, { "command" }, .text = text_words, .json = json_plain, OF_THE_RECORD,
	  WIDTH(10, 0), .quiet = true, .priority = 16 },
	{ "cwd", "CWD", "Directory", ONE_VALUE("cwd"), OF_THE_RECORD, WIDTH(10, 0), .quiet = true,
	  .priority = 17 },
	{ "priority", "PRIORITY", NULL, ONE_VALUE("priority"), OF_THE_RECORD, WIDTH(8, 11), .measured = true,
	  .right = true, .priority = 20 },
	{ "weight", "WEIGHT", NULL, ONE_VALUE("weight"), OF_THE_RECORD, WIDTH(6, 7), .measured = true,
	  .right = true, .priority = 21 },
	{ "attempt", "ATTEMPT", NULL, ONE_VALUE("attempt"), OF_THE_RECORD, WIDTH(7, 7), .right = true,
	  .priority = 29 },
	{ "attempts", "ATTEMPTS", "Attempts", { "attempts", "attemptTexts" }, .text = text_attempts,
	  .json = json_plain, OF_THE_RECORD, WIDTH(8, 0), .priority = 30 },
	{ "nice", "NICE", "Niceness", ONE_VALUE("nice"), OF_THE_RECORD, WIDTH(4, 4), .right = true,
	  .priority = 22 },
	{ "ionice", "IONICE", "I/O class", ONE_VALUE("ionice"), OF_THE_RECORD, WIDTH(6, 6), .priority = 23 },
	{ "cpuList", "CPU-LIST", "CPUs", ONE_VALUE("cpuList"), OF_THE_RECORD, WIDTH(8, 16),
	  .measured = true, .priority = 24 },
	{ "after", "AFTER", "After", { "after" }, .text = text_list, .json = json_plain, OF_THE_RECORD,
	  WIDTH(5, 32), .measured = true, .priority = 25 },
	{ "reasons", "REASONS", "Waits", { "reasons" }, .text = text_reasons, .json = json_plain, OF_THE_RECORD,
	  WIDTH(10, 0), .priority = 26 },
	{ "cpuSeconds", "CPU", "CPU time", { "cpuSeconds" }, .text = text_cpu, .json = json_plain,
	  OF_THE_RECORD, WIDTH(8, 10), .right = true, .priority = 27 },
	{ "maxRssBytes", "MAXRSS", "Memory", { "maxRssBytes" }, .text = text_bytes, .json = json_plain,
	  OF_THE_RECORD, WIDTH(6, 6), .right = true, .priority = 28 },
	{ "beginAt", "BEGIN", "Not before", { "beginAt" }, OF_THE_RECORD, A_TIME, .priority = 31 },
	{ "expireAt", "EXPIRE", "Expires", { "expireAt" }, OF_THE_RECORD, A_TIME, .priority = 32 },
	{ "timeLimit", "LIMIT", "Time limit", { "timeLimit" }, .text = text_duration, .json = json_plain,
	  OF_THE_RECORD, WIDTH(6, 12), .measured = true, .right = true, .priority = 33 },
	{ "killAfter", "KILL", "Kill after", { "killAfter" }, .text = text_duration, .json = json_plain,
	  OF_THE_RECORD, WIDTH(6, 12), .measured = true, .right = true, .priority = 34 },
	{ "commandLine", "COMMAND", "Command", { "commandLine" }, .text = text_code, .json = json_plain,
	  WIDTH(10, 0), .quiet = true, .spare = true, .priority = 8 },
	{ "percentComplete", "PERCENT", NULL, { "percentComplete", "percentKnown" }, .text = text_percent,
	  .json = json_plain, WIDTH(7, 7), .right = true, .priority = 18 },
	{ "statusMessage", "MESSAGE", NULL, ONE_VALUE("statusMessage"), WIDTH(10, 0), .priority = 19 },
	{ .name = NULL },
};

const struct field field_eta = {
	"eta", "ETA", "ETA", { "percentComplete", "percentKnown", "duration", "startedMs", "statusMessage" },
	.text = progress_cell_eta, .json = json_plain, WIDTH(7, 8), .measured = true, .right = true, .rare = true, .late = true, .priority = 6
};
/* clang-format on */

struct slice field_text(const struct field *field, const struct value *values, const struct field_look *look,
                        struct text *scratch)
{
	const struct slice slice = field->text(values, look, scratch);
	const bool any = slice.length > 0;

	/* Not copied as a whole: its parts have just been written one by one, and the processor would wait for all of them. */
	return (struct slice){ .text = any ? slice.text : "-",
		               .length = any ? slice.length : 1,
		               .tinted = slice.tinted };
}

size_t field_width(const struct field *field)
{
	size_t count = 0;

	while (count < FIELD_SOURCES && field->sources[count])
		count++;
	return count;
}

const struct field *field_find(const char *name)
{
	for (const struct field *field = field_table; field->name; field++) {
		if (strcasecmp(field->name, name) == 0 || strcasecmp(field->heading, name) == 0)
			return field;
	}
	return NULL;
}

const struct field *field_find_on_screen(const char *name)
{
	return strcasecmp(field_eta.name, name) == 0 ? &field_eta : field_find(name);
}

char *field_names(void)
{
	struct text names = { 0 };

	for (const struct field *field = field_table; field->name; field++) {
		if (names.length)
			text_add(&names, ", ", 2);
		text_add(&names, field->name, strlen(field->name));
	}
	return names.data;
}
