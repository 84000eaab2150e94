/*
 * The command lines that were typed on screens of this user, from one run to the next: a file in the state directory
 * that only its owner can read, a line each, the oldest first.  Several screens may add lines at the same time.
 *
 * What fails here is not reported: then the history is that of this run.
 */
#ifndef KRTASK_TUI_SCREEN_HISTORY_FILE_H
#define KRTASK_TUI_SCREEN_HISTORY_FILE_H

#include "tui/view/edit.h"

/* Adds the lines of the file to the history, and makes a file that has grown too much short again. */
void history_file_read(struct history *history);
/* Adds a line to the file, but not one that begins with a blank, or has a newline. */
void history_file_add(const char *line);

#endif
