/*
 * Matches whole texts with a pattern, in any case.  * is any number of characters, ? is one, [a-z] is one of
 * a set, and [!a-z] is one that is not in the set.  The character after a backslash has no special meaning.
 * A [ without a ] is literal.
 *
 * Patterns come from clients, so the time is at most the product of both lengths.  Pure; any thread.
 */
#ifndef KRTASK_TASK_GLOB_H
#define KRTASK_TASK_GLOB_H

#include <stdbool.h>

bool glob_matches(const char *pattern, const char *text);

#endif
