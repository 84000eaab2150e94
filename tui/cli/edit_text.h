/*
 * The text of an edit: a line for each task, as it is typed in a shell to make the task.
 *
 *     '…'     literal
 *     "…"     with \" \\ \$ \`
 *     \x      the character x; before a newline, the line goes on
 *     # …     a comment
 *
 * Nothing is expanded.  A newline in quotes is part of the word.
 */
#ifndef KRTASK_TUI_CLI_EDIT_TEXT_H
#define KRTASK_TUI_CLI_EDIT_TEXT_H

#include <stdbool.h>

#include "engine/task/strings.h"

struct edit_reader {
	const char *at;
	unsigned line;  /* of at, from 1 */
	unsigned begun; /* that in which the words began that were read last, or in which an error is */
};

/*
 * Reads the words of the next line that has any; none: it is the end.  0, or -EINVAL with *error (static): what is
 * wrong in that line.
 */
int edit_text_next(struct edit_reader *reader, struct strings *words, const char **error);

#endif
