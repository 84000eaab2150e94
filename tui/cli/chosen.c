#include "tui/cli/chosen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/wire/client/known.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* What stands before the ids is its label, or more if another has the same. */
static int chosen_add(struct chosen *chosen, const char *given, char **error)
{
	struct chosen_server server = { .given = given };
	bool same = false;

	for (size_t i = 0; given && i < chosen->count; i++) {
		if (chosen->items[i].given && strcmp(chosen->items[i].given, given) == 0)
			return 0;
	}
	if (address_parse(&server.address, given, error))
		return -EINVAL;
	for (size_t i = 0; i < chosen->count; i++)
		same |= strcmp(chosen->items[i].label, server.address.label) == 0;
	server.label = alloc_string(same ? given : server.address.label);
	chosen->items = alloc_room(chosen->items, &chosen->size, chosen->count + 1, sizeof(*chosen->items));
	chosen->items[chosen->count++] = server;
	return 0;
}

static int chosen_add_all(struct chosen *chosen, char **error)
{
	int result = 0;

	if (known_count() == 0) {
		*error = alloc_string(MSG_SERVERS_NONE);
		return -EINVAL;
	}
	for (size_t i = 0; i < known_count() && !result; i++)
		result = chosen_add(chosen, known_at(i)->name, error);
	return result;
}

int chosen_find(struct chosen *chosen, const struct words *servers, const char *none, char **error)
{
	size_t count = servers->count ? servers->count : 1;
	int result = 0;

	*chosen = (struct chosen){ .items = NULL };
	for (size_t i = 0; i < count && !result; i++) {
		const char *given = servers->count ? servers->items[i].text : none;

		if (given && strcmp(given, KNOWN_ALL) == 0)
			result = chosen_add_all(chosen, error);
		else
			result = chosen_add(chosen, given, error);
	}
	if (result)
		chosen_release(chosen);
	return result;
}

void chosen_release(struct chosen *chosen)
{
	for (size_t i = 0; i < chosen->count; i++) {
		address_release(&chosen->items[i].address);
		free(chosen->items[i].label);
	}
	free(chosen->items);
	*chosen = (struct chosen){ .items = NULL };
}
