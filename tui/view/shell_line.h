/*
 * A command as people type it in a shell: words in quotes, or a line that only a shell understands.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_SHELL_LINE_H
#define KRTASK_TUI_VIEW_SHELL_LINE_H

#include "engine/task/strings.h"

/*
 * A character, outside of quotes, that a shell would act upon: the = of a variable that the line begins with, or else the
 * first one of a pipe, a redirection, a variable, a pattern and so on.  NULL: there is none.
 */
const char *shell_line_needs(const char *line);
/*
 * Adds the words of the command: those of the line, or sh -c LINE if a shell is needed.  0, or -EINVAL and *error
 * (malloc'ed), a sentence that begins with no capital.
 */
int shell_line_words(const char *line, struct strings *words, char **error);
/* Adds the words in the line, which may be in quotes.  The same result. */
int shell_line_split(const char *line, struct strings *words, char **error);
/* The line that gives these words again, malloc'ed. */
char *shell_line_of(const struct strings *words);
/* A path as a shell would take it: with the home directory for a leading ~/, malloc'ed.  home may be NULL. */
char *shell_line_path(const char *path, const char *home);

#endif
