/*
 * The variables of a batch.  Names are compared without regard to case.  Each has a list of values.
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

/* Values of a variable: strings, each followed by a NUL. */
struct values {
	const char *texts;
	size_t length;
	bool records;       /* they are ids of task records, and a pipeline binds them as records */
	const char *server; /* of these tasks; NULL: that of the batch.  WORDS_SERVERS: several */
};

/*
 * Sets a variable to copies of the values, or appends them.  serial is the number of the line; 0: none.
 * Lines may end in another order than they were written, so the values of a line are ignored if a later line
 * has set the variable.
 */
void variables_set(struct variables *variables, const char *name, const struct values *values,
                   uint64_t serial);
void variables_append(struct variables *variables, const char *name, const struct values *values,
                      uint64_t serial);
/* Sets a variable to one value, which comes from no line. */
void variables_set_text(struct variables *variables, const char *name, const char *text);
/* The line with that number will set the variable when its reply is there. */
void variables_expect(struct variables *variables, const char *name, uint64_t serial);

/* NULL: it is undefined.  *serial is the line that will set it; 0: it is set. */
const struct variable *variables_find(const struct variables *variables, const char *name, uint64_t *serial);
bool variable_has_records(const struct variable *variable);
const char *variable_server(const struct variable *variable);
/* The value after this one, or the first for NULL.  NULL at the end. */
const char *variable_next(const struct variable *variable, const char *value);

/*
 * Takes a variable out, so that its name can be used for another until it is put back.  NULL if there was
 * none.
 */
struct variable *variables_take_out(struct variables *variables, const char *name);
void variables_put_back(struct variables *variables, const char *name, struct variable *variable);

void variables_release(struct variables *variables);

#endif
