/*
 * Whole texts that a pattern stands for, in any case: * is any number of characters, ? one, [a-z] one of a set, [!a-z] one outside of
 * it, and a backslash takes the meaning from the character behind it.  A [ that is never closed stands for itself.
 *
 * The time is at most the product of both lengths, whatever the pattern: it comes from clients.  Pure; any thread.
 */
#ifndef KRTASK_TASK_GLOB_H
#define KRTASK_TASK_GLOB_H

#include <stdbool.h>

bool glob_matches(const char *pattern, const char *text);

#endif
