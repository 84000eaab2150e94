#include "tui/batch/variables.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/words.h"

#define uthash_fatal(message) words_allocate(NULL, SIZE_MAX)
#include <uthash.h>

enum { NAME_SIZE = 128 }; /* names are compared up to here */

struct variable {
	char name[NAME_SIZE]; /* in lower case */
	char *values;         /* owned */
	size_t length;
	uint64_t serial;
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
	variable = words_allocate(NULL, sizeof(*variable));
	*variable = (struct variable){ .serial = 0 };
	lower(name, variable->name);
	HASH_ADD_STR(variables->head, name, variable);
	return variable;
}

void variables_set(struct variables *variables, const char *name, const char *values, size_t length)
{
	struct variable *variable = find_or_add(variables, name);

	variable->values = words_allocate(variable->values, length);
	if (length)
		memcpy(variable->values, values, length);
	variable->length = length;
	variable->serial = 0;
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
