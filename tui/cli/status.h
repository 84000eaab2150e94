/*
 * The status of the server, for its commands.
 */
#ifndef KRTASK_TUI_CLI_STATUS_H
#define KRTASK_TUI_CLI_STATUS_H

#include "tui/cli/command.h"

/* What a server that is to end waits for, of the reply to ServerStatus.  malloc'ed; NULL: it goes on. */
char *status_waits(const json_t *parameters);
/* Asks for it.  *status is a part of the reply.  False: an error was reported. */
bool status_get(struct invocation *inv, struct client_reply *reply, const json_t **status);
/* Reports that the server is running. */
void status_report_running(struct invocation *inv);

#endif
