#include "tui/fields/fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/signals.h"
#include "tui/fields/format.h"

static struct slice slice_of(const struct text *text)
{
	return (struct slice){ text->data, text->length };
}

static struct slice short_text(struct text *scratch, const char *made)
{
	text_clear(scratch);
	text_add(scratch, made, strlen(made));
	return slice_of(scratch);
}

static const struct slice absent = { "-", 1 };

static struct slice text_plain(const struct value *values, struct text *scratch)
{
	struct slice slice = { .length = 0 };

	if (value_is_null(values))
		return absent;
	slice.text = value_string(values, scratch, &slice.length);
	if (!slice.text)
		return (struct slice){ values->json, values->length };
	return slice.length ? slice : absent;
}

static struct slice text_list(const struct value *values, struct text *scratch)
{
	struct text piece = { 0 };
	struct value item;
	const char *at = NULL;

	text_clear(scratch);
	while (value_item(values, &at, &item)) {
		size_t length = 0;
		const char *string = value_string(&item, &piece, &length);

		if (scratch->length)
			text_add(scratch, " ", 1);
		text_add(scratch, string ? string : "", length);
	}
	text_release(&piece);
	return scratch->length ? slice_of(scratch) : absent;
}

static struct slice text_progress(const struct value *values, struct text *scratch)
{
	bool known = value_is_true(&values[1]);
	char percent[FORMAT_SHORT];
	struct text piece = { 0 };
	size_t length = 0;
	const char *message;

	if (value_is_null(&values[2]) || values[2].length == 2) {
		if (!known)
			return absent;
		format_percent((int)value_integer(values), known, percent, sizeof(percent));
		return short_text(scratch, percent);
	}
	message = value_string(&values[2], &piece, &length);
	text_clear(scratch);
	if (known) {
		format_percent((int)value_integer(values), known, percent, sizeof(percent));
		text_add(scratch, percent, strlen(percent));
		text_add(scratch, " ", 1);
	}
	text_add(scratch, message ? message : "", length);
	text_release(&piece);
	return slice_of(scratch);
}

static struct slice text_elapsed(const struct value *values, struct text *scratch)
{
	char elapsed[FORMAT_SHORT];

	if (!value_integer(&values[1]))
		return absent;
	format_elapsed(value_milliseconds(values), elapsed, sizeof(elapsed));
	return short_text(scratch, elapsed);
}

static struct slice text_exit(const struct value *values, struct text *scratch)
{
	if (value_is_null(&values[1]))
		return text_plain(values, scratch);
	return short_text(scratch, signal_name((int)value_integer(&values[1])));
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

/* In the order of the JSON keys. */
const struct field field_table[] = {
	{ "id", "ID", { "id" }, NULL, 0, false, true, text_plain, json_plain },
	{ "name", "NAME", { "name" }, NULL, 32, false, true, text_plain, json_plain },
	{ "description", "DESCRIPTION", { "description" }, NULL, 0, false, true, text_plain, json_plain },
	{ "state", "STATE", { "state" }, NULL, 0, false, true, text_plain, json_plain },
	{ "createdAt", "CREATED", { "createdAt" }, NULL, 0, false, true, text_plain, json_plain },
	{ "startedAt", "STARTED", { "startedAt" }, NULL, 0, false, true, text_plain, json_plain },
	{ "completedAt", "COMPLETED", { "completedAt" }, NULL, 0, false, true, text_plain, json_plain },
	{ "duration", "ELAPSED", { "duration", "startedMs" }, NULL, 0, true, true, text_elapsed, json_plain },
	{ "progress", "PROGRESS", { "percentComplete", "percentKnown", "statusMessage" }, NULL, 32, false, true,
	  text_progress, json_progress },
	{ "parentId", "PARENT", { "parentId" }, NULL, 0, false, true, text_plain, json_plain },
	{ "childrenId", "CHILDREN", { "childrenId" }, NULL, 0, false, true, text_list, json_plain },
	{ "exitCode", "EXIT", { "exitCode", "signal" }, NULL, 0, true, true, text_exit, json_plain },
	{ "signal", "SIGNAL", { "signal" }, NULL, 0, false, true, text_plain, json_plain },
	{ "pid", "PID", { "pid" }, NULL, 0, true, true, text_plain, json_plain },
	{ "group", "GROUP", { "group" }, NULL, 16, false, true, text_plain, json_plain },
	{ "command", "COMMAND", { "command" }, "commandLine", 0, false, true, text_list, json_plain },
	{ "cwd", "CWD", { "cwd" }, NULL, 0, false, true, text_plain, json_plain },
	{ "commandLine", "COMMAND", { "commandLine" }, NULL, 0, false, false, text_plain, json_plain },
	{ "percentComplete", "PERCENT", { "percentComplete" }, NULL, 0, true, false, text_plain, json_plain },
	{ "statusMessage", "MESSAGE", { "statusMessage" }, NULL, 0, false, false, text_plain, json_plain },
	{ .name = NULL },
};

static void append(struct field_list *list, const struct field *field)
{
	if (list->count < FIELD_MAX)
		list->items[list->count++] = field;
}

void fields_default(struct field_list *list, bool json)
{
	static const char *const table[] = { "id", "name", "state", "progress", "duration", "exitCode", "group",
		                             "commandLine" };

	list->count = 0;
	if (!json) {
		for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
			append(list, field_find(table[i]));
		return;
	}
	for (const struct field *field = field_table; field->name; field++) {
		if (field->in_json)
			append(list, field);
	}
}

const struct field *field_find(const char *name)
{
	for (const struct field *field = field_table; field->name; field++) {
		if (strcasecmp(field->name, name) == 0 || strcasecmp(field->heading, name) == 0)
			return field;
	}
	return NULL;
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

int fields_add(struct field_list *list, const char *name)
{
	const struct field *field = field_find(name);

	if (!field)
		return -EINVAL;
	if (list->count == FIELD_MAX)
		return -E2BIG;
	append(list, field);
	return 0;
}

void fields_request(const struct field_list *list, struct jsonw *w)
{
	jsonw_array(w);
	for (size_t i = 0; i < list->count; i++) {
		for (size_t k = 0; k < FIELD_SOURCES && list->items[i]->sources[k]; k++)
			jsonw_string(w, list->items[i]->sources[k]);
	}
	jsonw_end_array(w);
}

size_t field_width(const struct field *field)
{
	size_t count = 0;

	while (count < FIELD_SOURCES && field->sources[count])
		count++;
	return count;
}

size_t fields_width(const struct field_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += field_width(list->items[i]);
	return count;
}

void fields_json(const struct field_list *list, const struct value *row, struct jsonw *w)
{
	jsonw_object(w);
	for (size_t i = 0; i < list->count; i++) {
		jsonw_key(w, list->items[i]->name);
		list->items[i]->json(w, row);
		row += field_width(list->items[i]);
	}
	jsonw_end_object(w);
}
