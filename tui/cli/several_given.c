/* Which servers a command is for: those that are given, or that its ids name. */
#include <stdlib.h>
#include <string.h>

#include "engine/wire/client/known.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/cli/several.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

static const char *const takers[] = { "get", "list", "watch", "wait", "away", "stop" };

enum { TAKERS = sizeof(takers) / sizeof(*takers) };

static bool several_takes(const char *name)
{
	for (size_t i = 0; i < TAKERS; i++) {
		if (strcmp(takers[i], name) == 0)
			return true;
	}
	return false;
}

/* The addresses that were given, or that one in the configuration or the environment. */
static bool several_named(const struct arguments *args)
{
	const struct words *servers = &args->servers;
	const char *single = args->server ? args->server : getenv("KRTASK_SERVER");

	for (size_t i = 0; i < servers->count; i++) {
		if (strcmp(servers->items[i].text, KNOWN_ALL) == 0)
			return true;
	}
	return servers->count > 1 || (servers->count == 0 && single && strcmp(single, KNOWN_ALL) == 0);
}

bool several_given(const struct invocation *inv)
{
	return !inv->context->part && several_takes(inv->command->name) &&
	       (inv->by_ids || several_named(&inv->args));
}

bool several_is_of(const char *id, const char *label)
{
	const char *colon = strrchr(id, ':');

	return colon && strlen(label) == (size_t)(colon - id) &&
	       strncmp(label, id, (size_t)(colon - id)) == 0;
}

/* The server of [servers] that the id begins with.  NULL: none. */
static const char *several_prefix(const char *id)
{
	for (size_t i = 0; i < known_count(); i++) {
		if (several_is_of(id, known_at(i)->name))
			return known_at(i)->name;
	}
	return NULL;
}

static int several_wrong(struct invocation *inv, const char *id, char *error)
{
	invocation_blame(inv, id);
	report_error(inv, EXIT_USAGE, "%s", error);
	free(error);
	return EXIT_USAGE;
}

static void several_strip(struct word *id)
{
	id->text = strrchr(id->text, ':') + 1;
}

/* One server was given. */
static int several_of_given(struct invocation *inv)
{
	struct words *ids = &inv->args.operands;
	struct address address;
	char *error = NULL;
	int status = 0;

	if (address_parse(&address, inv->args.server, &error)) {
		free(error); /* it is reported when it is to be connected */
		return 0;
	}
	for (size_t i = 0; i < ids->count && !status; i++) {
		const char *id = ids->items[i].text;

		if (several_is_of(id, address.label))
			several_strip(&ids->items[i]);
		else if (several_prefix(id))
			status = several_wrong(inv, id, alloc_format(MSG_SERVERS_OTHER, id, address.text));
	}
	address_release(&address);
	return status;
}

/* None was given, and an id names this one. */
static int several_of_ids(struct invocation *inv, const char *named)
{
	struct words *ids = &inv->args.operands;
	bool takes = several_takes(inv->command->name);

	for (size_t i = 0; i < ids->count; i++) {
		const char *id = ids->items[i].text, *other = several_prefix(id);

		if (!other)
			return several_wrong(inv, id, alloc_format(MSG_SERVERS_ID, id, named, id));
		if (!takes && strcmp(named, other) != 0)
			return several_wrong(
				inv, id, alloc_format(MSG_SERVERS_IDS, named, other, invocation_name(inv)));
	}
	words_clear(&inv->args.servers);
	for (size_t i = 0; i < ids->count; i++) {
		if (takes)
			words_add_text(&inv->args.servers, several_prefix(ids->items[i].text));
		else
			several_strip(&ids->items[i]);
	}
	inv->args.server = named;
	inv->by_ids = takes;
	return 0;
}

int several_understand(struct invocation *inv)
{
	const struct words *ids = &inv->args.operands;
	bool colon = false, unknown = false;

	for (size_t i = 0; i < ids->count; i++) {
		colon |= strchr(ids->items[i].text, ':') != NULL;
		unknown |= ids->items[i].unknown;
	}
	if (!colon || unknown || !strstr(inv->command->operands, "ID") || inv->context->part ||
	    several_given(inv))
		return 0;
	if (arguments_given(&inv->args, OPT_SERVER))
		return several_of_given(inv);
	for (size_t i = 0; i < ids->count; i++) {
		const char *named = several_prefix(ids->items[i].text);

		if (named)
			return several_of_ids(inv, named);
	}
	return 0;
}
