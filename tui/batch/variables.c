#include "tui/batch/variables.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/words.h"
#include "tui/text/alloc.h"

#define uthash_fatal(message) alloc_failed()
#include <uthash.h>

enum { NAME_SIZE = 128 }; /* longer names are cut */

struct variable {
	char name[NAME_SIZE]; /* in lower case */
	struct strings values;
	bool records;
	char *server;     /* owned */
	uint64_t serial;  /* of the line that will set it; 0: none */
	uint64_t written; /* of the last line that has set it */
	UT_hash_handle hh;
};

static void variables_key(const char *name, char key[NAME_SIZE])
{
	size_t i = 0;

	for (; name[i] && i + 1 < NAME_SIZE; i++)
		key[i] = (char)tolower((unsigned char)name[i]);
	key[i] = '\0';
}

static struct variable *variables_look_up(const struct variables *variables, const char *name)
{
	struct variable *found;
	char key[NAME_SIZE];

	variables_key(name, key);
	HASH_FIND_STR(variables->head, key, found);
	return found;
}

static struct variable *find_or_add(struct variables *variables, const char *name)
{
	struct variable *variable = variables_look_up(variables, name);

	if (variable)
		return variable;
	variable = alloc_zero(1, sizeof(*variable));
	variables_key(name, variable->name);
	HASH_ADD_STR(variables->head, name, variable);
	return variable;
}

/* Values that are appended may be of another server. */
static void variables_put_server(struct variable *variable, const char *server)
{
	if (variable->values.length > 0)
		server = words_server(variable->server, server);
	if (server == variable->server)
		return;
	free(variable->server);
	variable->server = server ? alloc_string(server) : NULL;
}

static void variables_put(struct variable *variable, bool anew, const struct values *values, uint64_t serial)
{
	if (serial < variable->written)
		return;
	if (anew)
		variable->values.length = 0;
	variables_put_server(variable, values->server);
	if (strings_append(&variable->values, values->texts, values->length) < 0)
		alloc_failed();
	variable->records = values->records;
	variable->written = serial;
	if (variable->serial <= serial)
		variable->serial = 0;
}

void variables_set(struct variables *variables, const char *name, const struct values *values,
                   uint64_t serial)
{
	variables_put(find_or_add(variables, name), true, values, serial);
}

void variables_append(struct variables *variables, const char *name, const struct values *values,
                      uint64_t serial)
{
	variables_put(find_or_add(variables, name), false, values, serial);
}

void variables_set_text(struct variables *variables, const char *name, const char *text)
{
	struct variable *variable = find_or_add(variables, name);
	const struct values values = { text, strlen(text) + 1, false, NULL };

	variables_put(variable, true, &values, variable->written);
}

bool variable_has_records(const struct variable *variable)
{
	return variable->records;
}

const char *variable_server(const struct variable *variable)
{
	return variable->server;
}

void variables_expect(struct variables *variables, const char *name, uint64_t serial)
{
	find_or_add(variables, name)->serial = serial;
}

const struct variable *variables_find(const struct variables *variables, const char *name, uint64_t *serial)
{
	const struct variable *variable = variables_look_up(variables, name);

	if (variable)
		*serial = variable->serial;
	return variable;
}

const char *variable_next(const struct variable *variable, const char *value)
{
	return strings_next(&variable->values, value);
}

static void variable_free(struct variable *variable)
{
	if (!variable)
		return;
	strings_release(&variable->values);
	free(variable->server);
	free(variable);
}

struct variable *variables_take_out(struct variables *variables, const char *name)
{
	struct variable *variable = variables_look_up(variables, name);

	if (variable)
		HASH_DEL(variables->head, variable);
	return variable;
}

void variables_put_back(struct variables *variables, const char *name, struct variable *variable)
{
	variable_free(variables_take_out(variables, name));
	if (variable)
		HASH_ADD_STR(variables->head, name, variable);
}

void variables_release(struct variables *variables)
{
	struct variable *variable, *next;

	HASH_ITER(hh, variables->head, variable, next)
	{
		HASH_DEL(variables->head, variable);
		variable_free(variable);
	}
}
