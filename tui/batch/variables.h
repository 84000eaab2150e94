/*
 * The variables of a batch: names in any case, each with a list of values.
 */
#ifndef KRTASK_TUI_BATCH_VARIABLES_H
#define KRTASK_TUI_BATCH_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct variable; /* in a hash table */

struct variables {
	struct variable *head;
};

#define VARIABLES_INIT { 0 }

/* Values of a variable: strings, each ended by a NUL, one after another. */
struct values {
	const char *texts;
	size_t length;
	bool records; /* they are ids of task records, which a pipeline binds as such */
};

/*
 * Sets it to copies of the values, or adds them; serial: the number of the line that does, 0: none.  Lines end in another order
 * than they take effect: what a line says is ignored where a later one has spoken already.
 */
void variables_set(struct variables *variables, const char *name, const struct values *values,
                   uint64_t serial);
void variables_append(struct variables *variables, const char *name, const struct values *values,
                      uint64_t serial);
/* One value, from no line. */
void variables_set_text(struct variables *variables, const char *name, const char *text);
/* The line with that number will set it, when its answer is there. */
void variables_expect(struct variables *variables, const char *name, uint64_t serial);

/* NULL: it is undefined.  *serial: the line that is to set it, 0: it is set. */
const struct variable *variables_find(const struct variables *variables, const char *name, uint64_t *serial);
bool variable_has_records(const struct variable *variable);
/* The value after this one, the first for NULL; NULL at the end. */
const char *variable_next(const struct variable *variable, const char *value);

/* Takes the variable out, to be put back (NULL too, if there was none): meanwhile the name is free for another. */
struct variable *variables_take_out(struct variables *variables, const char *name);
void variables_put_back(struct variables *variables, const char *name, struct variable *variable);

void variables_release(struct variables *variables);

#endif
