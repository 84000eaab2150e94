/*
 * A command as people read it, and as a shell accepts it: words with characters that are special to a
 * shell are quoted.  Pure; any thread.
 */
#ifndef KRTASK_TASK_QUOTE_H
#define KRTASK_TASK_QUOTE_H

#include <stddef.h>

#include "engine/task/strings.h"

/*
 * The largest size of a quoted word of that length, with a NUL.  Each byte may be a quote, which becomes four
 * bytes.
 */
#define QUOTE_ROOM(length) (4 * (length) + 3)

/* Writes the word in single quotes, and a NUL.  Returns the address of the NUL. */
char *quote_always(char *to, const char *word);
/* The same, but without quotes where the word needs none. */
char *quote_word(char *to, const char *word);

/*
 * quote_line() writes the words of a command in one line.  quote_room() gives the largest size of that line,
 * with a NUL.
 */
size_t quote_room(const struct strings *words);
void quote_line(char *to, const struct strings *words);
/* The same in memory of its own.  free() it.  NULL: out of memory. */
char *quote_strings(const struct strings *words);

#endif
