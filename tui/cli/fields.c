#include "tui/cli/fields.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/format.h"

void text_add(struct text *text, const char *bytes, size_t length)
{
	if (text->length + length + 1 > text->size) {
		text->size = 2 * text->size + length + 64;
		text->data = words_allocate(text->data, text->size);
	}
	memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void text_release(struct text *text)
{
	free(text->data);
	*text = (struct text){ 0 };
}

static const char *short_text(struct text *scratch, const char *made)
{
	scratch->length = 0;
	text_add(scratch, made, strlen(made));
	return scratch->data;
}

static const char *text_plain(json_t *const *values, struct text *scratch)
{
	const char *string = json_string_value(values[0]);
	char number[FORMAT_SHORT];

	if (string)
		return *string ? string : "-";
	if (!json_is_integer(values[0]))
		return "-";
	snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(values[0]));
	return short_text(scratch, number);
}

static const char *text_list(json_t *const *values, struct text *scratch)
{
	size_t count = json_array_size(values[0]);

	scratch->length = 0;
	for (size_t i = 0; i < count; i++) {
		const char *item = json_string_value(json_array_get(values[0], i));

		if (i > 0)
			text_add(scratch, " ", 1);
		text_add(scratch, item ? item : "", item ? strlen(item) : 0);
	}
	return scratch->length ? scratch->data : "-";
}

static const char *text_progress(json_t *const *values, struct text *scratch)
{
	const char *message = json_string_value(values[2]);
	bool known = json_is_true(values[1]);
	char percent[FORMAT_SHORT];

	if (!known && message && *message)
		return message;
	format_percent((int)json_integer_value(values[0]), known, percent, sizeof(percent));
	short_text(scratch, percent);
	if (message && *message) {
		text_add(scratch, " ", 1);
		text_add(scratch, message, strlen(message));
	}
	return scratch->data;
}

static const char *text_elapsed(json_t *const *values, struct text *scratch)
{
	char elapsed[FORMAT_SHORT];
	bool started = json_integer_value(values[1]) != 0;

	format_elapsed(started ? (int64_t)(json_number_value(values[0]) * 1000) : -1, elapsed, sizeof(elapsed));
	return short_text(scratch, elapsed);
}

static const char *text_exit(json_t *const *values, struct text *scratch)
{
	char text[FORMAT_SHORT];

	format_exit(json_is_integer(values[0]) ? (int)json_integer_value(values[0]) : -1, json_string_value(values[1]),
	            text, sizeof(text));
	return short_text(scratch, text);
}

static void put_value(struct jsonw *w, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		jsonw_string_n(w, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		jsonw_int(w, json_integer_value(value));
		break;
	case JSON_REAL:
		jsonw_fixed3(w, llround(json_real_value(value) * 1000));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		jsonw_bool(w, json_is_true(value));
		break;
	case JSON_ARRAY:
		jsonw_array(w);
		for (size_t i = 0; i < json_array_size(value); i++)
			put_value(w, json_array_get(value, i));
		jsonw_end_array(w);
		break;
	default:
		jsonw_null(w);
	}
}

static void json_plain(struct jsonw *w, json_t *const *values)
{
	if (values[0])
		put_value(w, values[0]);
	else
		jsonw_null(w);
}

static void json_seconds(struct jsonw *w, json_t *const *values)
{
	jsonw_fixed3(w, llround(json_number_value(values[0]) * 1000));
}

static void json_progress(struct jsonw *w, json_t *const *values)
{
	jsonw_object(w);
	jsonw_key(w, "percentComplete");
	jsonw_int(w, json_integer_value(values[0]));
	jsonw_key(w, "statusMessage");
	jsonw_string(w, json_string_value(values[2]));
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
	{ "duration", "ELAPSED", { "duration", "startedMs" }, NULL, 0, true, true, text_elapsed, json_seconds },
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

int fields_parse(struct field_list *list, const struct words *names, char **error)
{
	list->count = 0;
	for (size_t i = 0; i < names->count; i++) {
		const struct field *field = field_find(names->items[i].text);
		char *known;

		if (field && list->count < FIELD_MAX) {
			append(list, field);
			continue;
		}
		known = field_names();
		*error = words_format("unknown column '%s' (known: %s)", names->items[i].text, known);
		free(known);
		return -EINVAL;
	}
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

size_t field_values(const struct field *field, const json_t *row, size_t first, json_t *values[FIELD_SOURCES])
{
	size_t count = 0;

	while (count < FIELD_SOURCES && field->sources[count]) {
		values[count] = json_array_get(row, first + count);
		count++;
	}
	return count;
}

void fields_json(const struct field_list *list, const json_t *row, struct jsonw *w)
{
	json_t *values[FIELD_SOURCES];
	size_t at = 0;

	jsonw_object(w);
	for (size_t i = 0; i < list->count; i++) {
		jsonw_key(w, list->items[i]->name);
		at += field_values(list->items[i], row, at, values);
		list->items[i]->json(w, values);
	}
	jsonw_end_object(w);
}
