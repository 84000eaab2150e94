/*
 * The settings of a caller that its tasks cannot get, since this process was started with less and its user
 * cannot raise it.
 */
#ifndef KRTASK_RUN_SHORTFALL_H
#define KRTASK_RUN_SHORTFALL_H

#include <stdbool.h>
#include <stddef.h>

struct environment;

enum { SHORTFALL_SIZE = 256 };

/*
 * own is the environment of this process.  False: there is none.  Otherwise text says it for people:
 * "niceness 19 instead of 0, …".
 */
bool shortfall_describe(const struct environment *own, const struct environment *wanted, char *text,
                        size_t size);

#endif
