/*
 * Which tasks an operation of the table is for: those that are tagged and visible, on all servers, or else the selected one.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_TARGETS_H
#define KRTASK_TUI_SCREEN_TABLE_TARGETS_H

#include "tui/screen/table_operation.h"

/* Finds them, and then goes on with the operation. */
void table_targets_find(struct table_operation *operation);
/* The reply of this server, which was asked, is waited for no more, and its tasks are not meant. */
void table_targets_leave_out(struct table_operation *operation, struct host *host);
/* Asks the servers which tagged tasks their lists hide, if these have changed. */
void table_targets_look(struct table_operation *operation);

#endif
