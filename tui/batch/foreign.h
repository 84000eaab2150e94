/*
 * What PowerShell has and a batch does not: statements such as if and foreach, here-strings, and brackets over several
 * lines.  They are errors.  The lines in them belong to them, so that none of these is run as a command.  Pure.
 */
#ifndef KRTASK_TUI_BATCH_FOREIGN_H
#define KRTASK_TUI_BATCH_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

/* True if the line, without "$name =" at its beginning, begins with such a statement. */
bool foreign_statement(const char *text, size_t length);
/* True if the value of an assignment is none that a batch knows: 1, 2 or @(…) or "a" + "b" or -1..3. */
bool foreign_expression(const char *text, size_t length);
/* True for "$env:NAME =" at the beginning. */
bool foreign_sets_environment(const char *text, size_t length);
/* False: foreign_continues() is false, too.  This is soon known, and most lines are such. */
bool foreign_may_continue(const char *text, size_t length);
/* True if the next line belongs to it.  A '|' at the end and a comment <# that is open go on, too. */
bool foreign_continues(const char *text, size_t length);

#endif
