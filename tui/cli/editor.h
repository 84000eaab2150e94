/*
 * The user's editor: $VISUAL, $EDITOR or vi.
 */
#ifndef KRTASK_TUI_CLI_EDITOR_H
#define KRTASK_TUI_CLI_EDITOR_H

#include <stdbool.h>

#include "tui/text/text.h"

/*
 * Why no editor can be run here, as a constant; NULL: one can be.  screen: the screen has the terminal.  Only the
 * usual editor is known to need a terminal.
 */
const char *editor_trouble(bool screen, bool apart);
/*
 * Puts the text into a file that only its owner can read, runs the editor, and reads the file back.  apart: standard
 * input has something else, so the editor reads the terminal.  0, and *path (free() it) is the file, which stays.  Or
 * -errno and *error (free() it); then the file is gone.
 */
int editor_run(struct text *text, bool apart, char **path, char **error);

#endif
