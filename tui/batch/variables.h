/*
 * The variables of a batch: names in any case, each with a list of values.
 */
#ifndef KRTASK_TUI_BATCH_VARIABLES_H
#define KRTASK_TUI_BATCH_VARIABLES_H

#include <stddef.h>
#include <stdint.h>

struct variable; /* in a hash table */

struct variables {
	struct variable *head;
};

#define VARIABLES_INIT { 0 }

/* values: count strings, each ended by a NUL, one after another; copied. */
void variables_set(struct variables *variables, const char *name, const char *values, size_t length);
/* The line with that number will set it, when its answer is there. */
void variables_expect(struct variables *variables, const char *name, uint64_t serial);

/* NULL: it is undefined.  *serial: the line that is to set it, 0: it is set. */
const struct variable *variables_find(const struct variables *variables, const char *name, uint64_t *serial);
/* The value after this one, the first for NULL; NULL at the end. */
const char *variable_next(const struct variable *variable, const char *value);

void variables_release(struct variables *variables);

#endif
