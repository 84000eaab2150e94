/*
 * A List of a server, and what is done with its rows: for get, list, show and watch.
 */
#ifndef KRTASK_TUI_CLI_SHOW_H
#define KRTASK_TUI_CLI_SHOW_H

#include "tui/cli/command.h"
#include "tui/cli/several.h"
#include "tui/cli/table.h"
#include "tui/fields/wire.h"

struct show {
	struct invocation *inv;
	struct field_list fields;
	struct field_wire wire; /* of these fields */
	struct table table;
	size_t row;   /* rows received */
	size_t shown; /* those of them that are tasks */
	int64_t total;
	bool details;              /* lines with labels instead of a table */
	const char *host;          /* stands before the ids; NULL: there is one server */
	const struct words *ids;   /* with several servers: those that this one was asked for */
	bool *found;               /* owned; with several servers: the operands that one of them knows */
	bool passes;               /* replies are passed on as they are */
	bool headed;               /* a part of the table was printed */
	struct connection *beside; /* for calls meanwhile; NULL: none yet */
};

/* The fields that are wanted, and a table of them, which table_release() frees. */
void show_begin(struct invocation *inv, struct show *show);
/* Only the fields. */
void show_fields(struct show *show);
/* Asks for the list and shows it.  If the connection is lost before anything was shown, tries once more. */
void show_list(struct show *show);
/* What the process of a server has passed on: replies, each with a NUL behind it. */
void show_take(void *ctx, const struct several_part *part, const char *bytes, size_t length);

#endif
