/*
 * A server that does not answer while an operation of the table waits for it: the user is told, and Esc goes on without it.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_LATE_H
#define KRTASK_TUI_SCREEN_TABLE_LATE_H

#include "tui/screen/table_operation.h"

/* Says once that the operation waits. */
void table_late_turn(struct table_operation *operation);
/*
 * Goes on without the servers that are late: nothing is asked of those that have not said which tasks are meant, and
 * nobody knows what becomes of what was asked of the others.  False: the operation waits for none that is late.
 */
bool table_late_leave(struct table_operation *operation);
/*
 * For Ctrl-C, which gives up whatever a server is asked.  False: nothing.  Who means a question that is about to open does
 * not want to quit.
 */
bool table_late_interrupt(struct table_operation *operation);
/* What is said at the end about those of which nothing was asked, malloc'ed; NULL: nothing.  Takes over the summary. */
char *table_late_summary(struct table_operation *operation, char *summary);

#endif
