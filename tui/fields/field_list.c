#include "tui/fields/field_list.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "tui/fields/details.h"

static void fields_append(struct field_list *list, const struct field *field)
{
	assert(list->count < FIELD_ROOM);
	list->items[list->count++] = field;
}

void fields_default(struct field_list *list)
{
	static const char *const names[] = { "id",       "name",     "state", "progress",
		                             "duration", "exitCode", "group", "commandLine" };

	list->count = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		fields_append(list, field_find(names[i]));
}

/* The others, and what only the screen shows behind the one with that name. */
static void fields_with_eta(struct field_list *list, const struct field_list *others, const char *name)
{
	list->count = 0;
	for (size_t i = 0; i < others->count; i++) {
		fields_append(list, others->items[i]);
		if (strcmp(others->items[i]->name, name) == 0)
			fields_append(list, &field_eta);
	}
}

void fields_of_screen(struct field_list *list)
{
	struct field_list others;

	fields_default(&others);
	fields_with_eta(list, &others, "duration");
}

void fields_of_json(struct field_list *list)
{
	list->count = 0;
	for (const struct field *field = field_table; field->name; field++) {
		if (field->in_json)
			fields_append(list, field);
	}
	fields_append(list, &options_field);
}

void fields_of_details(struct field_list *list)
{
	list->count = 0;
	for (const struct field *field = field_table; field->name; field++) {
		if (field->label)
			fields_append(list, field);
	}
	for (size_t i = 0; i < DETAIL_TOTAL; i++)
		fields_append(list, &detail_table[i]);
}

void fields_of_page(struct field_list *list)
{
	struct field_list others;

	fields_of_details(&others);
	fields_with_eta(list, &others, "progress");
}

int fields_add(struct field_list *list, const char *name)
{
	const struct field *field = field_find(name);

	if (!field)
		return -EINVAL;
	if (list->count == FIELD_MAX)
		return -E2BIG;
	fields_append(list, field);
	return 0;
}

void fields_request(const struct field_list *list, struct jsonw *w)
{
	for (size_t i = 0; i < list->count; i++) {
		for (size_t k = 0; k < FIELD_SOURCES && list->items[i]->sources[k]; k++)
			jsonw_string(w, list->items[i]->sources[k]);
	}
}

size_t fields_width(const struct field_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += field_width(list->items[i]);
	return count;
}

static bool field_is_above(const struct field_list *list, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (list->items[i] == list->items[at])
			return true;
	}
	return false;
}

/* A column may stand in a table twice, but a name stands in an object once. */
void fields_json(const struct field_list *list, const struct value *row, const char *host, bool hosted,
                 struct jsonw *w)
{
	jsonw_object(w);
	for (size_t i = 0; i < list->count; i++) {
		const struct field *field = list->items[i];
		if (!field_is_above(list, i)) {
			if (!field->members)
				jsonw_key(w, field->name);
			field->json(w, row);
		}
		row += field_width(field);
	}
	if (hosted) {
		jsonw_key(w, "host");
		jsonw_string(w, host);
	}
	jsonw_end_object(w);
}
