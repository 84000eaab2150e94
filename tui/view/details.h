/*
 * The page with all about a task: its fields, its last output, its relatives, why it waits, its attempts, and its life.
 * Pure except for the time zone.
 */
#ifndef KRTASK_TUI_VIEW_DETAILS_H
#define KRTASK_TUI_VIEW_DETAILS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/wire/jsonw.h"
#include "tui/fields/speed.h"
#include "tui/view/pager.h"

enum {
	DETAILS_LINES = 10,
	DETAILS_RELATIVES = 100
}; /* of a stream, at least; children and others that are shown */

/* The end of what it wrote to a stream. */
struct details_output {
	const char *bytes;
	size_t length;
};

struct details {
	json_t *row;        /* of List, with the columns of details_request(); NULL: not known yet */
	int64_t received;   /* when it came, in milliseconds of any clock */
	struct speed speed; /* of its work; whoever knows it already may set it */
	json_t *relatives;  /* rows of List, with those of details_relatives() */
	json_t *why;        /* the reply to Why */
	struct details_output output, error;
	const char *server; /* as in struct field_look; borrowed */
	int lines;          /* of each of them; 0: DETAILS_LINES */
};

void details_release(struct details *details);

/* Writes the parameters of List for the task. */
void details_request(const char *id, struct jsonw *params);
/* Takes its reply, which came now.  False: there is no such task any more; then nothing was changed. */
bool details_take(struct details *details, const json_t *reply, int64_t now);
/* Writes the parameters of List for its children and those that it waits for.  False: there are none. */
bool details_relatives(const struct details *details, struct jsonw *params);
/* The text of one of its columns; "": none. */
const char *details_text(const struct details *details, const char *column);

/* What the page says changes with time alone. */
bool details_tick(const struct details *details);
/* Writes the page anew. */
void details_fill(const struct details *details, int64_t now, struct pager *pager);

#endif
