#include "tui/batch/variables.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"

#define uthash_fatal(message) alloc_failed()
#include <uthash.h>

enum { NAME_SIZE = 128 }; /* names are compared up to here */

struct variable {
	char name[NAME_SIZE]; /* in lower case */
	char *values;         /* owned */
	size_t length;
	bool records;
	uint64_t serial;  /* of the line that is still to set it; 0: none is */
	uint64_t written; /* of the last line that did */
	UT_hash_handle hh;
};

static void lower(const char *name, char key[NAME_SIZE])
{
	size_t i = 0;

	for (; name[i] && i + 1 < NAME_SIZE; i++)
		key[i] = (char)tolower((unsigned char)name[i]);
	key[i] = '\0';
}

static struct variable *find(const struct variables *variables, const char *name)
{
	struct variable *found;
	char key[NAME_SIZE];

	lower(name, key);
	HASH_FIND_STR(variables->head, key, found);
	return found;
}

static struct variable *find_or_add(struct variables *variables, const char *name)
{
	struct variable *variable = find(variables, name);

	if (variable)
		return variable;
	variable = alloc_zero(1, sizeof(*variable));
	lower(name, variable->name);
	HASH_ADD_STR(variables->head, name, variable);
	return variable;
}

static void put(struct variable *variable, size_t kept, const struct values *values, uint64_t serial)
{
	if (serial < variable->written)
		return;
	variable->values = alloc_resize(variable->values, kept + values->length, 1);
	if (values->length)
		memcpy(variable->values + kept, values->texts, values->length);
	variable->length = kept + values->length;
	variable->records = values->records;
	variable->written = serial;
	if (variable->serial <= serial)
		variable->serial = 0;
}

void variables_set(struct variables *variables, const char *name, const struct values *values, uint64_t serial)
{
	put(find_or_add(variables, name), 0, values, serial);
}

void variables_append(struct variables *variables, const char *name, const struct values *values, uint64_t serial)
{
	struct variable *variable = find_or_add(variables, name);

	put(variable, variable->length, values, serial);
}

void variables_set_text(struct variables *variables, const char *name, const char *text)
{
	struct variable *variable = find_or_add(variables, name);
	const struct values values = { text, strlen(text) + 1, false };

	put(variable, 0, &values, variable->written);
}

bool variable_has_records(const struct variable *variable)
{
	return variable->records;
}

void variables_expect(struct variables *variables, const char *name, uint64_t serial)
{
	find_or_add(variables, name)->serial = serial;
}

const struct variable *variables_find(const struct variables *variables, const char *name, uint64_t *serial)
{
	const struct variable *variable = find(variables, name);

	if (variable)
		*serial = variable->serial;
	return variable;
}

const char *variable_next(const struct variable *variable, const char *value)
{
	const char *next = value ? value + strlen(value) + 1 : variable->values;

	return variable->values && next < variable->values + variable->length ? next : NULL;
}

void variables_release(struct variables *variables)
{
	struct variable *variable, *next;

	HASH_ITER(hh, variables->head, variable, next) {
		HASH_DEL(variables->head, variable);
		free(variable->values);
		free(variable);
	}
}
