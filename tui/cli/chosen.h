/*
 * The servers that a command or the screen is for: those of -s, which may be given more than once, and may be "all".
 */
#ifndef KRTASK_TUI_CLI_CHOSEN_H
#define KRTASK_TUI_CLI_CHOSEN_H

#include "engine/wire/client/client.h"
#include "tui/cli/words.h"

struct chosen_server {
	const char *given; /* NULL: the usual one */
	struct address address;
	char *label; /* stands before the ids of its tasks if there are several */
	enum client_start start;
};

struct chosen {
	struct chosen_server *items;
	size_t count, size;
};

/* Each once, in their order.  none: what is meant if none is given.  0, or -EINVAL and *error. */
int chosen_find(struct chosen *chosen, const struct words *servers, const char *none, char **error);
void chosen_release(struct chosen *chosen);

#endif
