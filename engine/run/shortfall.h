/*
 * What a caller has and its tasks cannot be given, since this process was started with less and its user may
 * not raise it.
 */
#ifndef KRTASK_RUN_SHORTFALL_H
#define KRTASK_RUN_SHORTFALL_H

#include <stdbool.h>
#include <stddef.h>

struct environment;

enum { SHORTFALL_SIZE = 256 };

/* own: of this process.  False: nothing.  Else text, for people: "niceness 19 instead of 0, …". */
bool shortfall_describe(const struct environment *own, const struct environment *wanted, char *text,
                        size_t size);

#endif
